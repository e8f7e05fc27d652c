"""Mention syntax: “@” and the names that may follow it. Knows the form of names, not whose they are."""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_NAME_LENGTH = 40  # characters of a name
MAX_NAME_WORDS = 6  # per name
# Vowel signs and tone marks, which are no letters to Python: of Indian scripts, Thai, Lao, Tibetan, Burmese, Khmer, and others.
MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f71-\u0f84\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u3099\u309a"
)
AT = re.compile(r"(?<![\w@/.:+'’-])@(?=[^\W_])")  # not inside an e-mail address
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}])*")
WORDS = re.compile(rf"{WORD.pattern}(?:[ ._'’-]{WORD.pattern})*")
CONTINUES = re.compile(rf"[\w@{MARKS}]|[.-]\w")  # “@maya.org” and “@maya-lane” don't mention Maya


class Name(NamedTuple):
    """A possible name, and its span in the text, “@” included."""

    text: str
    start: int
    end: int


def names_in(text: str) -> Iterator[list[Name]]:
    """Yield, for each “@”, the possible names, longest first: “@Amber Gate said” may name three members."""
    for at in AT.finditer(text):
        first = at.end()
        run = WORDS.match(text, first, min(first + MAX_NAME_LENGTH, len(text)))
        ends = [word.end() for word in WORD.finditer(run[0])][:MAX_NAME_WORDS] if run else []
        found = [Name(text[first : first + end], at.start(), first + end) for end in reversed(ends)]
        yield [name for name in found if not CONTINUES.match(text, name.end)]

"""Mention syntax: “@” and the names that may follow it. Knows the form of names, not whose they are."""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_NAME_LENGTH = 40  # characters of a name
MAX_NAME_WORDS = 6  # per name
AT = re.compile(r"(?<![\w@/.:+'’-])@(?=[^\W_])")  # not inside an e-mail address
WORDS = re.compile(r"[^\W_]+(?:[ ._'’-][^\W_]+)*")
WORD = re.compile(r"[^\W_]+")
CONTINUES = re.compile(r"[\w@]|[.-]\w")  # “@maya.org” and “@maya-lane” don't mention Maya


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

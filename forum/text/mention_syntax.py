"""Mention syntax: “@” and the names that may follow it. Knows the form of names, not whose they are."""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_NAME_LENGTH = 40  # characters of a name
MAX_NAME_WORDS = 6  # per name
MAX_ADDRESS_LENGTH = 250
AT = re.compile(r"(?<![\w@])(?<!\w[+'’-])@(?=[^\W_])")  # not inside an e-mail address
WORDS = re.compile(r"[^\W_]+(?:[ ._'’-][^\W_]+)*")
WORD = re.compile(r"[^\W_]+")
CONTINUES = re.compile(r"_*[^\W_]|@|-\w")  # “@maya-lane” doesn't mention Maya


class Name(NamedTuple):
    """A possible name, and its span in the text, “@” included."""

    text: str
    start: int
    end: int


def names_in(text: str) -> Iterator[list[Name]]:
    """Yield, for each “@”, the possible names, longest first: “@Amber Gate said” may name three members."""
    for at in AT.finditer(text):
        if _is_in_address(text, at.start()):
            continue
        first = at.end()
        run = WORDS.match(text, first, min(first + MAX_NAME_LENGTH, len(text)))
        ends = [word.end() for word in WORD.finditer(run[0])][:MAX_NAME_WORDS] if run else []
        found = [Name(text[first : first + end], at.start(), first + end) for end in reversed(ends)]
        yield [name for name in found if not _goes_on(text, name.end)]


def _is_in_address(text: str, at: int) -> bool:
    """Return whether this “@” belongs to an address such as “example.org/@maya”."""
    before = text[max(at - MAX_ADDRESS_LENGTH, 0) : at].split()
    return text[at - 1 : at] == "/" and bool(before) and not set(".:").isdisjoint(before[-1])


def _goes_on(text: str, end: int) -> bool:
    """Return whether the word goes on after this name: “@maya.org” doesn't mention Maya, but “@Maya.Thanks” does."""
    after = text[end + 1 : end + 2]
    return bool(CONTINUES.match(text, end)) or (text[end : end + 1] == "." and (after.islower() or after.isdigit()))

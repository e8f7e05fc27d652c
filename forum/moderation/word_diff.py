"""What changed between two texts, word by word. A leaf."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

PIECE = re.compile(r"\s+|[^\s\w]|\w+")


class Change(NamedTuple):
    """A stretch of text: `sign` is “+” for new words, “-” for old ones, and empty for what stayed."""

    sign: str
    text: str


def changes(old: str, new: str) -> list[Change]:
    """In order, old words before the new ones that take their place; their texts without “-” make up `new`, without “+” `old`."""
    one, two = PIECE.findall(old), PIECE.findall(new)
    found: list[Change] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Change("", "".join(one[a:b])))
            continue
        found += [Change(sign, text) for sign, text in (("-", "".join(one[a:b])), ("+", "".join(two[c:d]))) if text]
    return found

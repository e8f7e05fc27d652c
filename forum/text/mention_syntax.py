"""Where a text says “@” and a name, and which names may be meant. A leaf: it knows shapes of names, not whose they are."""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 40  # characters of a name
MOST_WORDS = 6  # of a name, as it is looked for
AT = re.compile(r"(?<![\w@/.:+'’-])@(?=[^\W_])")  # within an address “@” follows a letter, a dot or the like
WORDS = re.compile(r"[^\W_]+(?:[ ._'’-][^\W_]+)*")
WORD = re.compile(r"[^\W_]+")
GOES_ON = re.compile(r"[\w@]|[.-]\w")  # “@maya.org” and “@maya-lane” name nobody called Maya


class Name(NamedTuple):
    """A name that may be meant, and the span with its “@” in the text."""

    text: str
    start: int
    end: int


def names_in(text: str) -> Iterator[list[Name]]:
    """For each “@” what may follow it as a name, the longest first: “@Amber Gate said” may mean three people."""
    for at in AT.finditer(text):
        first = at.end()
        run = WORDS.match(text, first, min(first + LONGEST, len(text)))
        ends = [word.end() for word in WORD.finditer(run[0])][:MOST_WORDS] if run else []
        found = [Name(text[first : first + end], at.start(), first + end) for end in reversed(ends)]
        yield [name for name in found if not GOES_ON.match(text, name.end)]

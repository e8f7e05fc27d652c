"""Two people changed one text: put both changes together, and mark what only a person can decide. A leaf."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

MINE, BETWEEN, THEIRS = "<<<<<<< ", "=======", "<<<<<<< "  # nothing that Markdown gives a meaning to


class Merged(NamedTuple):
    """The text with every change of both; `open` places hold both wordings between marks."""

    text: str
    open: int


class _Same(NamedTuple):
    """Lines that all three texts share: where they begin in each, and how many."""

    base: int
    mine: int
    theirs: int
    size: int


def merge(base: str, mine: str, theirs: str, *, name: str) -> Merged:
    """Line by line; `name` is whose the other words are. Nothing of either text is left out that was not taken out on purpose."""
    was, one, two = base.split("\n"), mine.split("\n"), theirs.split("\n")
    lines: list[str] = []
    undecided = at_was = at_one = at_two = 0
    for same in [*_shared(was, one, two), _Same(len(was), len(one), len(two), 0)]:
        before, ours, others = was[at_was : same.base], one[at_one : same.mine], two[at_two : same.theirs]
        if others in (ours, before):
            lines += ours
        elif ours == before:
            lines += others
        else:
            undecided += 1
            lines += [f"{MINE}your words:", *ours, BETWEEN, *others, f"{THEIRS}up to here the words of {name}"]
        lines += was[same.base : same.base + same.size]
        at_was, at_one, at_two = (start + same.size for start in same[:3])
    return Merged("\n".join(lines), undecided)


def _shared(was: list[str], one: list[str], two: list[str]) -> Iterator[_Same]:
    """The stretches of the first text that neither of the others changed, in order."""
    left = SequenceMatcher(None, was, one, autojunk=False).get_matching_blocks()
    right = SequenceMatcher(None, was, two, autojunk=False).get_matching_blocks()
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            yield _Same(start, a.b + start - a.a, b.b + start - b.a, end - start)
        if a.a + a.size < b.a + b.size:
            i += 1
        else:
            j += 1

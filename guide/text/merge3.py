"""Three-way merge of two people's changes to one text, with conflict marks. Pure functions."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

MINE, BETWEEN, THEIRS = "<<<<<<< ", "=======", "<<<<<<< "  # these mean nothing in Markdown


class Merged(NamedTuple):
    """The merged text; in each of its `conflicts`, both versions are between marks."""

    text: str
    conflicts: int


class _Match(NamedTuple):
    """Lines that all three texts share: where they start in each, and how many."""

    base: int
    mine: int
    theirs: int
    size: int


def merge(base: str, mine: str, theirs: str, *, name: str) -> Merged:
    """Merge line by line. `name` is the author of `theirs`. No line is lost unless one of the two deleted it."""
    base_lines, my_lines, their_lines = base.split("\n"), mine.split("\n"), theirs.split("\n")
    lines: list[str] = []
    conflicts = base_at = mine_at = theirs_at = 0
    end = _Match(len(base_lines), len(my_lines), len(their_lines), 0)
    for same in [*_shared(base_lines, my_lines, their_lines), end]:
        base_part, my_part = base_lines[base_at : same.base], my_lines[mine_at : same.mine]
        their_part = their_lines[theirs_at : same.theirs]
        if their_part in (my_part, base_part):
            lines += my_part
        elif my_part == base_part:
            lines += their_part
        else:
            conflicts += 1
            lines += [f"{MINE}your version:", *my_part, BETWEEN, *their_part, f"{THEIRS}end of {name}’s version"]
        lines += base_lines[same.base : same.base + same.size]
        base_at, mine_at, theirs_at = (start + same.size for start in same[:3])
    return Merged("\n".join(lines), conflicts)


def _shared(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[_Match]:
    """Yield the runs of lines of the first text that neither of the others changed, in order."""
    left = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    right = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            yield _Match(start, a.b + start - a.a, b.b + start - b.a, end - start)
        if a.a + a.size < b.a + b.size:
            i += 1
        else:
            j += 1

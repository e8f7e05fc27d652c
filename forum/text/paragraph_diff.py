"""Differences between two texts of a member, paragraph by paragraph. Pure functions."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from guide.text.diff import Piece, changes

BREAK = re.compile(r"\n\s*\n")
SAME_PARAGRAPH = 0.5  # the share of words in common from which a paragraph counts as changed, not as replaced
LOOK_AHEAD = 3  # paragraphs in which the old form of a changed one is looked for


class Paragraph(NamedTuple):
    """A paragraph of the new text with its changed words, or one that was removed."""

    pieces: list[Piece]

    @property
    def changed(self) -> bool:
        return any(piece.sign for piece in self.pieces)


def paragraph_changes(old: str, new: str) -> list[Paragraph]:
    """Return the paragraphs of both texts in the order of the new one. A rewritten paragraph is shown whole, old before new."""
    one, two = _paragraphs(old), _paragraphs(new)
    found: list[Paragraph] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, two).get_opcodes():
        if kind == "equal":
            found += [Paragraph([Piece("", text)]) for text in two[c:d]]
        else:
            found += _replaced(one[a:b], two[c:d])
    return found


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in BREAK.split(text) if part.strip()]


def _replaced(old: list[str], new: list[str]) -> list[Paragraph]:
    found: list[Paragraph] = []
    for text in new:
        before = next((i for i, other in enumerate(old[:LOOK_AHEAD]) if _alike(other, text)), None)
        if before is None:
            found.append(Paragraph([Piece("+", text)]))
            continue
        found += [Paragraph([Piece("-", gone)]) for gone in old[:before]]
        found.append(Paragraph(changes(old[before], text)))
        old = old[before + 1 :]
    gone = [Paragraph([Piece("-", text)]) for text in old]
    rewritten = all(paragraph.pieces[0].sign == "+" for paragraph in found)
    return gone + found if rewritten else found + gone


def _alike(old: str, new: str) -> bool:
    words = SequenceMatcher(None, old.lower().split(), new.lower().split())
    return words.quick_ratio() >= SAME_PARAGRAPH

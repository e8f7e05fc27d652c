"""A handbook from docs/ as a page of the admin, with its pictures."""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from guide.text.markdown import Heading, render

EDITORS = "editors.md"
CHAPTER_LEVEL = 2  # of the headings in the table of contents
TITLE = re.compile(r"\A# .*\n")
PICTURE = re.compile(r"^!\[([^\]\n]+)\]\(img/([a-z0-9-]+\.(?:png|webp))\)$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """A piece of text, or a picture from docs/img with its alternative text."""

    html: str = ""
    picture: str = ""
    alt: str = ""


@lru_cache(maxsize=4)
def handbook(name: str = EDITORS) -> tuple[list[Piece], list[Heading]]:
    """Return the pieces in order and the second-level headings. Cached, since the file is part of the code."""
    text = TITLE.sub("", (settings.ROOT / "docs" / name).read_text())
    pieces: list[Piece] = []
    headings: list[Heading] = []
    end = 0
    for match in [*PICTURE.finditer(text), None]:
        rendered = render(text[end : match.start() if match else None])
        pieces.append(Piece(rendered.html))
        headings.extend(heading for heading in rendered.headings if heading.level == CHAPTER_LEVEL)
        if match:
            pieces.append(Piece(picture=match[2], alt=match[1]))
            end = match.end()
    return pieces, headings

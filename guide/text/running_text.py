"""Replace words in the text of HTML, except inside some elements."""

import re
from collections.abc import Callable, Container

TAG = re.compile(r"(<[^>]+>)")
TAG_NAME = re.compile(r"</?([a-zA-Z0-9]+)")


def replace_in_text(
    html: str, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], *, outside: Container[str]
) -> str:
    """Apply `pattern.sub` to the text between tags, except inside the elements named in `outside`."""
    pieces, depth = TAG.split(html), 0
    for i, piece in enumerate(pieces):
        if i % 2:
            depth += _step(piece, outside)
        elif not depth:
            pieces[i] = pattern.sub(replace, piece)
    return "".join(pieces)


def _step(tag: str, elements: Container[str]) -> int:
    """Return 1 if the tag opens one of the elements, -1 if it closes one, and 0 otherwise."""
    name = TAG_NAME.match(tag)
    if not name or name[1].lower() not in elements or tag.endswith("/>"):
        return 0
    return -1 if tag.startswith("</") else 1

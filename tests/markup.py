"""Normalize HTML, so that tests don't depend on the whitespace of templates."""

import re
from functools import lru_cache
from typing import NamedTuple

BLOCKS = set(
    """!doctype address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 head header hr html legend li link main meta nav ol optgroup option p script section select summary
    table tbody td tfoot th thead title tr ul""".split()
)
VERBATIM = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)
TAG = re.compile(r"""(<[a-zA-Z/!](?:[^<>"']|"[^"]*"|'[^']*')*>)""")
SPACES = re.compile(r"[ \t\r\n]+")
QUOTED = re.compile(r"""("[^"]*"|'[^']*')""")


def as_read(html: str) -> str:
    """Collapse whitespace outside <pre> and <textarea>, and drop it at the edges of blocks and buttons."""
    parts = VERBATIM.split(html)
    return "".join(part if n % 3 == 1 else _collapsed(part) for n, part in enumerate(parts) if n % 3 != 2)


def _collapsed(html: str) -> str:
    parts = TAG.split(html)
    tags = [_tag(part) for part in parts[1::2]]
    texts = [SPACES.sub(" ", part) for part in parts[::2]]
    for n, tag in enumerate(tags):
        if tag.edge_before:
            texts[n] = texts[n].rstrip(" ")
        if tag.edge_after:
            texts[n + 1] = texts[n + 1].lstrip(" ")
    parts[::2], parts[1::2] = texts, [tag.html for tag in tags]
    return "".join(parts)


class Tag(NamedTuple):
    """A tag, and whether whitespace before it and after it can't be seen."""

    html: str
    edge_before: bool
    edge_after: bool


@lru_cache(maxsize=20_000)  # pages share most of their tags
def _tag(tag: str) -> Tag:
    """Collapse whitespace between attributes; their values stay as they are."""
    parts = QUOTED.split(tag)
    for n in range(0, len(parts), 2):
        parts[n] = re.sub(r"\s+>$", ">", re.sub(r"\s+", " ", parts[n]))
    name = re.match(r"</?([\w!]+)", tag)[1].lower()
    closes, button = tag.startswith("</"), name == "button"
    return Tag("".join(parts), name in BLOCKS or (button and closes), name in BLOCKS or (button and not closes))

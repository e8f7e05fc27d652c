"""Normalize HTML, so that tests don't depend on the whitespace of templates."""

import re

BLOCKS = set(
    """!doctype address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 head header hr html legend li link main meta nav ol optgroup option p script section select summary
    table tbody td tfoot th thead title tr ul""".split()
)
VERBATIM = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)
TAG = re.compile(r"""(<[a-zA-Z/!](?:[^<>"']|"[^"]*"|'[^']*')*>)""")
QUOTED = re.compile(r"""("[^"]*"|'[^']*')""")


def as_read(html: str) -> str:
    """Collapse whitespace outside <pre> and <textarea>, and drop it at the edges of blocks and buttons."""
    parts = VERBATIM.split(html)
    return "".join(part if n % 3 == 1 else _collapsed(part) for n, part in enumerate(parts) if n % 3 != 2)


def _collapsed(html: str) -> str:
    parts = TAG.split(html)
    for n, part in enumerate(parts):
        parts[n] = _tag(part) if n % 2 else re.sub(r"[ \t\r\n]+", " ", part)
    for n in range(0, len(parts), 2):
        if n and _is_edge(parts[n - 1], after=True):
            parts[n] = parts[n].lstrip(" ")
        if n + 1 < len(parts) and _is_edge(parts[n + 1], after=False):
            parts[n] = parts[n].rstrip(" ")
    return "".join(parts)


def _tag(tag: str) -> str:
    """Collapse whitespace between attributes; their values stay as they are."""
    parts = QUOTED.split(tag)
    for n in range(0, len(parts), 2):
        parts[n] = re.sub(r"\s+>$", ">", re.sub(r"\s+", " ", parts[n]))
    return "".join(parts)


def _is_edge(tag: str, *, after: bool) -> bool:
    """Whether whitespace after (or before) `tag` can't be seen."""
    name = re.match(r"</?([\w!]+)", tag)[1].lower()
    return name in BLOCKS or (name == "button" and tag.startswith("</") != after)

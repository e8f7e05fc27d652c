"""HTML of the guide for other sites: without pictures, controls, classes and anchors, and with links that work anywhere."""

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin

# What stays, with its attributes. Of other elements only the content stays, and of the omitted ones nothing.
KEPT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys("blockquote br caption cite code dd details dl dt em figcaption figure h4 hr p strong".split(), ()),
    **dict.fromkeys("h3 summary sup table tbody td thead tr ul".split(), ()),
    "a": ("href",),
    "aside": ("role", "aria-label"),
    "li": ("value",),
    "ol": ("start",),
    "th": ("scope",),
    "time": ("datetime",),
}
OMITTED = {"button", "form", "meter", "nav", "script", "style", "svg"}
EMPTY = {"br", "hr", "img", "input", "wbr"}
LEVEL_BELOW = {"h2": "h3", "h3": "h4"}  # a card or a section has a heading of its own
CITATION_LINK = re.compile(r'<sup class="cite">(.*?)</sup>')
TAG = re.compile(r"<[^>]*>")


def portable(html: str, page_url: str) -> str:
    """Return HTML of ours for another site. Links are relative to `page_url`, and numbers of sources are no links."""
    parser = _Portable(page_url)
    parser.feed(CITATION_LINK.sub(lambda match: f"<sup>{TAG.sub('', match[1])}</sup>", html))
    parser.close()
    return re.sub(r"\n\s*\n+", "\n", "".join(parser.parts)).strip()


class _Portable(HTMLParser):
    def __init__(self, page_url: str) -> None:
        super().__init__()
        self.page_url = page_url
        self.parts: list[str] = []
        self.omitted: list[str] = []  # the omitted element and those of the same name within it

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if self.omitted:
            self.omitted += [tag] * (tag == self.omitted[0])
        elif tag not in EMPTY and _is_omitted(tag, found):
            self.omitted = [tag]
        elif name := _kept(tag):
            kept = ((key, found[key]) for key in KEPT[name] if found.get(key))
            self.parts.append(f"<{name}{''.join(self._attribute(key, value or '') for key, value in kept)}>")

    def handle_endtag(self, tag: str) -> None:
        if self.omitted:
            self.omitted = self.omitted[1:] if tag == self.omitted[0] else self.omitted
        elif (name := _kept(tag)) and name not in EMPTY:
            self.parts.append(f"</{name}>")

    def handle_data(self, data: str) -> None:
        if not self.omitted:
            self.parts.append(escape(data, quote=False))

    def _attribute(self, key: str, value: str) -> str:
        return f' {key}="{escape(urljoin(self.page_url, value) if key == "href" else value)}"'


def _is_omitted(tag: str, attributes: dict[str, str | None]) -> bool:
    is_hidden = attributes.get("aria-hidden") == "true" or attributes.get("class") in ("visually-hidden", "photo")
    return tag in OMITTED or is_hidden


def _kept(tag: str) -> str:
    """Return the name under which an element stays, or an empty string."""
    name = LEVEL_BELOW.get(tag, tag)
    return name if name in KEPT else ""

"""A member's Markdown to safe HTML. Narrower than the guide's: no raw HTML, no images, no tables. A leaf."""

import re
from functools import lru_cache
from typing import Any

import bleach
from markdown_it import MarkdownIt

RENDER_VERSION = 1
MAX_CHARACTERS = 10_000
TAGS = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"}
ATTRIBUTES = {"a": ["rel"], "ol": ["start"]}
LINK_RULES = "nofollow ugc noopener"
SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])(https?)$", re.IGNORECASE)


class PostTooLong(ValueError):
    """The text is longer than MAX_CHARACTERS."""


def render(text: str) -> str:
    """HTML of a post. Raises PostTooLong before anything is parsed. At most 250 ms for any text of the permitted length."""
    if len(text) > MAX_CHARACTERS:
        raise PostTooLong(f"A post may have {MAX_CHARACTERS:,} characters; this one has {len(text):,}.")
    return _cleaner().clean(_markdown().render(text))


def links(text: str) -> list[str]:
    """The addresses that a text links to, in order, each once."""
    found = re.findall(r'<a [^>]*href="([^"]+)"', render(text))
    return list(dict.fromkeys(found))


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True, "maxNesting": 10})
    md.enable(["linkify"]).disable(["image", "heading", "lheading", "reference", "html_block", "html_inline", "entity"])
    md.inline.ruler.at("linkify", _linkify)
    md.add_render_rule("link_open", _link_open)
    return md


def _linkify(state: Any, silent: bool) -> bool:
    """As markdown-it's rule of this name, which searches all the text before each “://” and takes quadratic time over it."""
    if state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    before = SCHEME.search(state.pending[-len("-https") :])
    scheme = before[1] if before else ""
    link = scheme and state.md.linkify.match_at_start(state.src[state.pos - len(scheme) :])
    found = link.url.rstrip("*") if link else ""  # stars may be the end of emphasis
    address = state.md.normalizeLink(found)
    if len(found) <= len("http://") or not state.md.validateLink(address):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme)]
        state.push("link_open", "a", 1).attrs = {"href": address}
        state.push("text", "", 0).content = state.md.normalizeLinkText(found)
        state.push("link_close", "a", -1)
    state.pos += len(found) - len(scheme)
    return True


def _link_open(renderer: object, tokens: list, i: int, options: object, env: object) -> str:  # type: ignore[type-arg]
    tokens[i].attrSet("rel", LINK_RULES)
    return renderer.renderToken(tokens, i, options, env)  # type: ignore[attr-defined, no-any-return]


def _allow(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return bool(re.match(r"(https?://|/(?!/))", value))
    return name in ATTRIBUTES.get(tag, ())


@lru_cache(maxsize=1)
def _cleaner() -> bleach.Cleaner:
    return bleach.Cleaner(tags=TAGS, attributes=_allow, protocols={"https", "http"}, strip=True)

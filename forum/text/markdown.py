"""A member's Markdown to safe HTML. Narrower than the guide's: no raw HTML, no images, no tables. A leaf."""

import re
import threading
from collections.abc import Mapping
from html import escape
from typing import Any

import bleach
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.token import Token

from forum.text.mention_syntax import Name, names_in
from forum.text.unicode_sanitizer import tamed

RENDER_VERSION = 2
MAX_CHARACTERS = 10_000
MOST_TAGS = 2_000  # one for every five characters: nobody writes so, and to sanitise more would take too long
TAGS = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "span", "strong", "ul"}
ATTRIBUTES = {"a": ["rel"], "ol": ["start"]}
# Stored for somebody who is named: without the name, which may change. What does not fill it in shows nobody's name.
MEMBER = '<span data-member="{}">@member</span>'
MOST_ADDRESSES = 300
ADDRESSES = re.compile(r"://|\w\.\w")
LONGEST_ADDRESS = 250  # without a scheme: in a longer run of signs such addresses are not looked for
WEB = ("", "http:", "https:")
LINK_RULES = "nofollow ugc noopener"
SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])(https?)$", re.IGNORECASE)


class PostTooLong(ValueError):
    """The text is longer than MAX_CHARACTERS."""


def render(text: str, members: Mapping[str, int] | None = None) -> str:
    """HTML of a post. Raises PostTooLong before anything is parsed. At most 250 ms for any text of the permitted length.

    `members` are the names after “@” that mean somebody, as they stand in the text, with that member's number. A text
    that is hardly more than signs is shown just as it was typed.
    """
    _check_length(text)
    text = tamed(text)
    html = _bounded(text, {"members": members or {}})
    return _tools.cleaner.clean(f"<pre>{escape(text, quote=False)}</pre>" if html is None else html)


def names_after_at(text: str) -> list[tuple[str, ...]]:
    """For each “@” what may follow it as a name, the longest first; not in code and not in links. Raises PostTooLong."""
    if "@" not in text:
        return []
    _check_length(text)
    env: dict[str, Any] = {"names": []}
    return [] if _bounded(tamed(text), env) is None else list(dict.fromkeys(env["names"]))


def _bounded(text: str, env: dict[str, Any]) -> str | None:
    """The text as HTML that is not sanitised yet; None where it has more addresses or tags than anybody writes."""
    if len(ADDRESSES.findall(text)) > MOST_ADDRESSES:
        return None
    html: str = _tools.markdown.render(text, env)
    return html if html.count("<") <= MOST_TAGS else None


def _check_length(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise PostTooLong(f"A post may have {MAX_CHARACTERS:,} characters; this one has {len(text):,}.")


def links(text: str) -> list[str]:
    """The addresses that a text links to, in order, each once."""
    return links_in(render(text))


def links_in(html: str) -> list[str]:
    """The same of what was rendered already."""
    return list(dict.fromkeys(re.findall(r'<a [^>]*href="([^"]+)"', html)))


def _markdown() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True, "maxNesting": 10})
    md.linkify = _ByWords()
    md.enable(["linkify"]).disable(["image", "heading", "lheading", "reference", "html_block", "html_inline", "entity"])
    md.inline.ruler.at("linkify", _linkify)
    md.core.ruler.push("members", _members)
    md.add_render_rule("link_open", _link_open)
    md.add_render_rule("member", _member)
    return md


def _members(state: Any) -> None:
    """Collect the names after “@” where they are asked for, and put a token in the place of each that means somebody."""
    for block in state.tokens:
        if block.type != "inline" or "@" not in block.content:
            continue
        children: list[Token] = []
        in_link = 0
        for token in block.children:
            in_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            children += _parted(token, state.env) if token.type == "text" and not in_link else [token]
        block.children = children


def _parted(token: Token, env: Mapping[str, Any]) -> list[Token]:
    parts, at, members = [], 0, env.get("members", {})
    for names in names_in(token.content):
        if "names" in env:
            env["names"].append(tuple(name.text for name in names))
        meant = next((name for name in names if name.text in members), None)
        if meant:
            parts += [_text(token.content[at : meant.start]), _place(meant, members)]
            at = meant.end
    return [*parts, _text(token.content[at:])] if parts else [token]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _place(name: Name, members: Mapping[str, int]) -> Token:
    return Token("member", "", 0, meta={"pk": members[name.text]})


def _member(renderer: Any, tokens: list[Token], i: int, options: object, env: object) -> str:
    return MEMBER.format(int(tokens[i].meta["pk"]))


class _ByWords(LinkifyIt):
    """Looks for addresses word by word: its patterns take quadratic time over one long word, seconds for 10,000 characters.

    Of the web only: what else it knows, such as mail, no post may link to.
    """

    def __init__(self) -> None:
        super().__init__(options={"fuzzy_email": False})

    def test(self, text: str) -> bool:
        return bool(self.match(text))

    def match(self, text: str) -> list[Match]:
        found = []
        for word in re.finditer(r"\S+", text):
            here = super().match(word[0]) if "." in word[0] and len(word[0]) <= LONGEST_ADDRESS else None
            for link in here or ():
                link.index, link.last_index = link.index + word.start(), link.last_index + word.start()
                found += [link] if link.schema in WEB else []
        return found


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


def _link_open(renderer: Any, tokens: list[Token], i: int, options: object, env: object) -> str:
    tokens[i].attrSet("rel", LINK_RULES)
    return str(renderer.renderToken(tokens, i, options, env))


def _allow(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return bool(re.match(r"(https?://|/(?!/))", value))
    if tag == "span":
        return name == "data-member" and value.isdecimal()
    return name in ATTRIBUTES.get(tag, ())


class _Tools(threading.local):
    """One of each for every thread of the server: they remember where they are in a text, and would mix two people's."""

    def __init__(self) -> None:
        self.markdown = _markdown()
        self.cleaner = bleach.Cleaner(tags=TAGS, attributes=_allow, protocols={"https", "http"}, strip=True)


_tools = _Tools()

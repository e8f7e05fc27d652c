"""Render members' Markdown to safe HTML. Narrower than the guide's: no raw HTML, images or tables."""

import re
import threading
from collections.abc import Mapping
from html import escape
from typing import Any

import bleach
from django.core.exceptions import ValidationError
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.quantity_markdown import quantity_plugin
from forum.text.mention_syntax import Name, names_in
from forum.text.unicode_sanitizer import strip_unsafe_characters

RENDER_VERSION = 4
MAX_CHARACTERS = 10_000
MAX_TAGS = 2_000  # one per five characters; sanitizing more would take too long
TAGS = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "span", "strong", "ul"}
ATTRIBUTES = {"a": ["rel"], "li": ["value"], "ol": ["start"]}
# Placeholder for a mentioned member: the name may change, and is filled in at read time.
MEMBER = '<span data-member="{}">@member</span>'
MAX_ADDRESSES = 300
ADDRESSES = re.compile(r"://|www\.", re.IGNORECASE)
WWW = re.compile(r"(?<![^\W_])www\.", re.IGNORECASE)
MAY_LINK = re.compile(r"://|www\.|\]\(", re.IGNORECASE)
MAX_ADDRESS_LENGTH = 250  # without a scheme; longer words are not searched for addresses
LINK_TARGET = re.compile(r"https?://|/(?!/)", re.IGNORECASE)
HOST = re.compile(r"^((?:https?://)?)([^/?#:@]+)", re.IGNORECASE)
LINK_RULES = "nofollow ugc noopener"
SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])(https?)$", re.IGNORECASE)


class PostTooLong(ValidationError):
    """The text is longer than MAX_CHARACTERS; the message is for its author."""


def render(text: str, members: Mapping[str, int] | None = None) -> str:
    """Render a post to HTML. Takes at most 250 ms for any permitted length. Raise PostTooLong before parsing.

    `members` maps names as typed after “@” to member pks. Text with more links or tags than a person would write is shown as
    typed, in a <pre>.
    """
    _check_length(text)
    text = strip_unsafe_characters(text)
    html = _bounded(text, {"members": members or {}})
    return _tools.cleaner.clean(f"<pre>{escape(text, quote=False)}</pre>" if html is None else html)


def mention_candidates(text: str) -> list[tuple[str, ...]]:
    """Return, for each “@” outside code and links, the possible names, longest first. Raise PostTooLong."""
    if "@" not in text:
        return []
    _check_length(text)
    env: dict[str, Any] = {"names": []}
    return [] if _bounded(strip_unsafe_characters(text), env) is None else list(dict.fromkeys(env["names"]))


def _bounded(text: str, env: dict[str, Any]) -> str | None:
    """Return unsanitized HTML, or None above MAX_ADDRESSES or MAX_TAGS."""
    if len(ADDRESSES.findall(text)) > MAX_ADDRESSES:
        return None
    html: str = _tools.markdown.render(text, env)
    return html if html.count("<") <= MAX_TAGS else None


def _check_length(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise PostTooLong(f"A post may have {MAX_CHARACTERS:,} characters; this one has {len(text):,}.")


def links(text: str) -> list[str]:
    """Return the addresses that a text links to, in order, without duplicates. Raise PostTooLong."""
    _check_length(text)
    return links_in_html(render(text)) if MAY_LINK.search(text) else []


def links_in_html(html: str) -> list[str]:
    """Return the addresses that rendered HTML links to, in order, without duplicates."""
    return list(dict.fromkeys(re.findall(r'<a [^>]*href="([^"]+)"', html)))


class _Parser(MarkdownIt):
    """Link only to web addresses and to our own pages, and show an address as typed, but its host in ASCII."""

    def validateLink(self, url: str) -> bool:
        return bool(LINK_TARGET.match(url))

    def normalizeLinkText(self, link: str) -> str:
        return HOST.sub(lambda found: found[1] + _ascii_host(found[2]), link, count=1)


def _ascii_host(host: str) -> str:
    """Return the host as browsers ask for it, so that letters which look like others can't pass for another site."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host


def _markdown() -> MarkdownIt:
    md = _Parser("commonmark", {"html": False, "breaks": True, "linkify": True, "maxNesting": 10})
    md.linkify = _WordLinkify()
    md.enable(["linkify"]).disable(["code", "image", "heading", "lheading", "reference", "entity"])
    md.disable(["html_block", "html_inline"])
    md.use(quantity_plugin)
    md.inline.ruler.at("linkify", _linkify)
    md.core.ruler.push("link_titles", _link_titles)
    md.core.ruler.push("members", _members)
    md.add_render_rule("link_open", _link_open)
    md.add_render_rule("member", _member)
    return md


def _link_titles(state: Any) -> None:
    """Show the title in "[link](https://example.org "50 mg")" after the link: it is part of what the author wrote."""
    for block in state.tokens:
        if block.type != "inline":
            continue
        titles: list[str] = []
        children: list[Token] = []
        for token in block.children or []:
            children.append(token)
            if token.type == "link_open":
                titles.append(str(token.attrs.pop("title", "")))
            elif token.type == "link_close" and (title := titles.pop()):
                children.append(_text(f' "{title}"'))
        block.children = children


def _members(state: Any) -> None:
    """Collect candidate names if asked to, and replace each that means a member with a token."""
    for block in state.tokens:
        if block.type != "inline" or "@" not in block.content:
            continue
        children: list[Token] = []
        in_link = 0
        for token in block.children:
            in_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            children += _split_mentions(token, state.env) if token.type == "text" and not in_link else [token]
        block.children = children


def _split_mentions(token: Token, env: Mapping[str, Any]) -> list[Token]:
    parts, at, members = [], 0, env.get("members", {})
    for names in names_in(token.content):
        if "names" in env:
            env["names"].append(tuple(name.text for name in names))
        meant = next((name for name in names if name.text in members), None)
        if meant:
            parts += [_text(token.content[at : meant.start]), _member_token(meant, members)]
            at = meant.end
    return [*parts, _text(token.content[at:])] if parts else [token]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _member_token(name: Name, members: Mapping[str, int]) -> Token:
    return Token("member", "", 0, meta={"pk": members[name.text]})


def _member(renderer: Any, tokens: list[Token], i: int, options: object, env: object) -> str:
    return MEMBER.format(int(tokens[i].meta["pk"]))


class _WordLinkify(LinkifyIt):
    """Linkify word by word: linkify-it takes quadratic time over one long word, seconds for 10,000 characters.

    Only addresses that begin with "www." (`_linkify` finds those with a scheme). In "It helped.So I went on", or "50mg.In", the
    author meant no link to a stranger's site.
    """

    def __init__(self) -> None:
        super().__init__(options={"fuzzy_email": False})

    def test(self, text: str) -> bool:
        return bool(self.match(text))

    def match(self, text: str) -> list[Match]:
        found = []
        for word in re.finditer(r"\S+", text):
            here = super().match(word[0]) if WWW.search(word[0]) and len(word[0]) <= MAX_ADDRESS_LENGTH else None
            for link in here or ():
                link.index, link.last_index = link.index + word.start(), link.last_index + word.start()
                found += [link] if not link.schema and WWW.match(link.text) else []
        return found


def _linkify(state: Any, silent: bool) -> bool:
    """Replace markdown-it's `linkify` rule, which searches all the text before each “://”, in quadratic time."""
    if state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    before = SCHEME.search(state.pending[-len("-https") :])
    scheme = before[1] if before else ""
    link = scheme and state.md.linkify.match_at_start(state.src[state.pos - len(scheme) :])
    found = link.url.rstrip("*") if link else ""  # trailing stars may close emphasis
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
        return bool(LINK_TARGET.match(value))
    if tag == "span":
        return name == "data-member" and value.isdecimal()
    return name in ATTRIBUTES.get(tag, ())


class _Tools(threading.local):
    """One parser and cleaner per server thread: they keep state while parsing and would mix two members' texts."""

    def __init__(self) -> None:
        self.markdown = _markdown()
        self.cleaner = bleach.Cleaner(tags=TAGS, attributes=_allow, protocols={"https", "http"}, strip=True)


_tools = _Tools()

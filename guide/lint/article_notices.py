"""Notices for editors while they write, each with its part and line. None of them prevents saving a draft."""

import re
from collections.abc import Callable, Collection, Container, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.urls import Resolver404, resolve

from guide.lint.house_style import dosing_instructions, unwanted_words
from guide.lint.rendered_quantities import changed_quantities
from guide.lint.rules import structure_errors, unsourced
from guide.lint.sentences import without_code, without_meant
from guide.models import SafetyMessage
from guide.text.located_text import LocatedText
from guide.text.markdown import CITATION, PART, UNKNOWN_CITATION, TextTooLong, render

PARTS = {"title": "title", "summary": "summary", "in_short": "in short", "body": "text"}
LINK = re.compile(r"\]\(([^)\s]*)\)")
ELSEWHERE = re.compile(r"https?://|mailto:|tel:", re.IGNORECASE)
ARTICLE = re.compile(r"(?:/guide/)?([a-z0-9-]+)/?(?:#(\S+))?")
ANCHOR = re.compile(r' id="([^"]+)"')
IMAGE = re.compile(r"!\[([^\]\n]*)\](?:\([^)\n]*\)|\[[^\]\n]*\])|<img\b[^>]*>", re.IGNORECASE)
CONFLICT_MARK = re.compile(r"^<{7} ", re.MULTILINE)
UNSPOKEN = re.compile(
    r"\[\^[^\]\n]*\]|\]\([^)\n]*\)|^\[\[.*\]\]$", re.MULTILINE
)  # syntax that readers don’t see as words


class NoticeKind(StrEnum):
    BROKEN = "broken"
    SOURCE = "source"
    DOSE = "dose"
    SAFETY = "safety"
    STYLE = "style"
    REMOVAL = "removal"


# These prevent urgent publication before review; all but a removal, which may be right, prevent submission.
UNSAFE = {NoticeKind.BROKEN, NoticeKind.SOURCE, NoticeKind.DOSE, NoticeKind.SAFETY, NoticeKind.REMOVAL}


@dataclass(frozen=True)
class Notice:
    """A problem in a text: the part, the line (from 1), the message, and its kind."""

    part: str
    line: int
    message: str
    kind: NoticeKind = NoticeKind.STYLE

    @property
    def place(self) -> str:
        part = PARTS.get(self.part, self.part.replace("_", " "))
        return f"line {self.line}" if self.part == "body" else f"{part}, line {self.line}"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True)
class KnownReferences:
    """What a text may refer to, and the safety messages that its page shows.

    `slugs` are of pages that readers can open. `anchors` returns those of one such page. `block_error` returns what is wrong
    with a page block such as "faq:drinking", or "". `removed` are the titles of the safety messages that readers see on the
    page now and would not see any more.
    """

    slugs: Collection[str]
    sources: Collection[str]
    safety: Collection[str]
    messages: Collection[SafetyMessage]
    anchors: Callable[[str], Container[str]]
    block_error: Callable[[str], str]
    removed: Collection[str] = ()


def notices(
    text: dict[str, str],
    known: KnownReferences,
    cited: Collection[str] = ("in_short", "body"),
    uncited: Collection[str] = (),
) -> list[Notice]:
    """Return all notices on the parts of a text, in their order.

    The `cited` parts are Markdown, and claims need sources. The `uncited` parts are Markdown without that.
    """
    found: list[Notice] = []
    for part, words in text.items():
        source = words or ""
        wording = [*_wording(part, without_meant(without_code(source)))]
        markdown = [*_markdown(part, source, known)] if part in cited or part in uncited else []
        unproved = [*_unsourced(part, source)] if part in cited else []
        found += sorted(dict.fromkeys([*wording, *markdown, *unproved]), key=lambda notice: notice.line)
    return [*found, *_missing_safety(text, known), *_removed_safety(known)]


def _markdown(part: str, typed: str, known: KnownReferences) -> Iterator[Notice]:
    text = without_code(typed)
    yield from _broken(part, text, known)
    yield from _links(part, text, known)
    yield from _pictures(part, text)
    for quantity in changed_quantities(typed):
        message = (
            f"readers won’t see “{quantity}” as it was typed; write the sign as a word, or begin a quotation with “"
        )
        yield _notice(part, typed, max(typed.find(quantity), 0), message, NoticeKind.DOSE)


def _unsourced(part: str, typed: str) -> Iterator[Notice]:
    for error in unsourced(LocatedText(Path("line"), 1, "text", typed)):
        _, line, message = error.split(":", 2)
        yield Notice(part, int(line), message.strip(), NoticeKind.SOURCE)


def _broken(part: str, text: str, known: KnownReferences) -> Iterator[Notice]:
    for error in structure_errors(text):
        place, _, message = error.partition(": ")
        yield Notice(part, int(place.removeprefix("line ")), message, NoticeKind.BROKEN)
    for match in CITATION.finditer(text):
        if match[1] and match[1] not in known.sources:
            yield _notice(part, text, match.start(), f"there is no source {match[1]}", NoticeKind.BROKEN)
    for match in UNKNOWN_CITATION.finditer(text):
        message = f"{match[0]} is not a citation; write [^S12], [^site], [^meant] or [^CHECK 2026-11-23]"
        yield _notice(part, text, match.start(), message, NoticeKind.BROKEN)
    for number, line in enumerate(text.split("\n"), 1):
        block = PART.match(line.strip())
        if block and (error := known.block_error(":".join(filter(None, block.groups())))):
            yield Notice(part, number, error, NoticeKind.BROKEN)
    for match in CONFLICT_MARK.finditer(text):
        message = "this contains two people's versions; keep what is right and delete the marks"
        yield _notice(part, text, match.start(), message, NoticeKind.BROKEN)


def _links(part: str, text: str, known: KnownReferences) -> Iterator[Notice]:
    for match in LINK.finditer(IMAGE.sub(_blank, text)):
        if not ELSEWHERE.match(match[1]) and (why := _dead(match[1], text, known)):
            yield _notice(part, text, match.start(), f"this link is dead: {why}")


def _dead(target: str, text: str, known: KnownReferences) -> str:
    """Return why a link within the site leads nowhere, or ""."""
    article = ARTICLE.fullmatch(target)
    if target.startswith("#"):
        return "" if target[1:] in _own_anchors(text) else f"this page has no heading with the address {target}"
    if article and article[1] in known.slugs:
        anchor = article[2]
        missing = anchor and anchor not in known.anchors(article[1])
        return f"{article[1]} has no heading or question with the address #{anchor}" if missing else ""
    return "" if _is_other_page(target) else f"no article is called {article[1] if article else target}"


def _is_other_page(target: str) -> bool:
    """Return whether the target is the path of a page of this site other than an article."""
    try:
        return target.startswith("/") and resolve(re.split("[#?]", target)[0]).view_name != "guide:article"
    except Resolver404:
        return False


def _own_anchors(text: str) -> set[str]:
    try:
        return set(ANCHOR.findall(render(text).html))
    except TextTooLong:
        return set()


def _pictures(part: str, text: str) -> Iterator[Notice]:
    for match in IMAGE.finditer(text):
        message = "pictures only work as parts, such as [[picture:receptor]]"
        if match[1] is not None and not match[1].strip():
            message = "this picture has no alternative text: describe it in the brackets"
        yield _notice(part, text, match.start(), message)


def _wording(part: str, text: str) -> Iterator[Notice]:
    for found in unwanted_words(text):
        yield _notice(part, text, found.offset, f"the word “{found.text}”; say {found.instead}")
    for found in dosing_instructions(text):
        message = f"“{' '.join(found.text.split())}” tells the reader a dose; say {found.instead}"
        yield _notice(part, text, found.offset, message, NoticeKind.DOSE)


def _missing_safety(text: dict[str, str], known: KnownReferences) -> Iterator[Notice]:
    """Report a safety message that is missing, at the first word that calls for it. One mention in any part is enough."""
    spoken = {part: UNSPOKEN.sub(_blank, without_meant(without_code(words or ""))) for part, words in text.items()}
    for message in known.messages:
        if message.key in known.safety or f"[[safety:{message.key}]]" in (text.get("body") or ""):
            continue
        pattern = trigger_pattern(message.trigger_words)
        found = ((part, pattern.search(words)) for part, words in spoken.items()) if pattern else ()
        for part, match in [(part, match) for part, match in found if match][:1]:
            said = f"the page mentions “{match[0]}”, but the safety message “{message.title}” is not chosen"
            yield _notice(part, spoken[part], match.start(), said, NoticeKind.SAFETY)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def trigger_pattern(words: Collection[str]) -> re.Pattern[str] | None:
    """Return a pattern for the trigger words of a safety message: * is any ending, spaces may be hyphens or line breaks."""
    escaped = [r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", word.strip()))) for word in words if word.strip(" *")]
    joined = "|".join(escaped).replace(r"\*", r"\w*")
    return re.compile(rf"\b(?:{joined})(?!\w)", re.IGNORECASE) if joined else None


def _removed_safety(known: KnownReferences) -> Iterator[Notice]:
    for title in known.removed:
        yield Notice("body", 1, f"readers will no longer see the safety message “{title}” here", NoticeKind.REMOVAL)


def _notice(part: str, text: str, offset: int, message: str, kind: NoticeKind = NoticeKind.STYLE) -> Notice:
    return Notice(part, text.count("\n", 0, offset) + 1, message, kind)

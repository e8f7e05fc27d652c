"""Notices for editors while they write, each with its part and line. None of them prevents saving a draft."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from guide.lint.house_style import dosing_instructions, unwanted_words
from guide.lint.rendered_quantities import changed_quantities
from guide.lint.rules import LINK, structure_errors, unsourced
from guide.models import Article, FormerSlug, SafetyMessage, Source
from guide.text.located_text import LocatedText
from guide.text.markdown import CITATION, UNKNOWN_CITATION

PARTS = {"title": "title", "summary": "summary", "in_short": "in short", "body": "text"}
ABSOLUTE_LINK = re.compile(r"\]\(/guide/([a-z0-9-]+)/?(?:#[^)\s]*)?\)")
TOOLS = {"wallet-card", "questions-for-my-prescriber", "your-notes", "print"}
IMAGE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
CONFLICT_MARK = re.compile(r"^<{7} ", re.MULTILINE)
# A page is about a topic if it mentions it at least once per so many words; a passing remark in a long page does not count.
WORDS_PER_MENTION = 200
TOPICS = {
    "opioid-free": r"precipitat\w+ withdrawal|sudden[^.\n]{0,20} withdrawal|opioid-free|free of opioids",
    "low-tolerance": r"\btoleran(?:ce|t)\b|\boverdos\w+",
    "never-beat-the-block": r"\b(?:beat|overcom|overrid|overpower|get past|break through)\w* (?:the|its|this) block\w*",
    "alcohol-withdrawal": r"\balcohol withdrawal|delirium tremens|withdrawal from alcohol",
    "tell-every-clinician": r"\bsurgery\b|\bana?esthe\w+",
    "low-mood": r"\bsuicid\w+|\blow mood\b|\bdepress\w+",
    "liver-signs": r"\bliver (?:damage|trouble|failure|injury)|\bjaundice|\bhepatitis|\byellow (?:eyes|skin)",
}


class NoticeKind(StrEnum):
    BROKEN = "broken"
    SOURCE = "source"
    DOSE = "dose"
    SAFETY = "safety"
    STYLE = "style"


# These prevent urgent publication before review.
UNSAFE = {NoticeKind.BROKEN, NoticeKind.SOURCE, NoticeKind.DOSE, NoticeKind.SAFETY}


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
    """The slugs and keys that a text may refer to, and the safety messages that its page shows."""

    slugs: set[str]
    sources: set[str]
    safety: set[str]
    messages: dict[str, str]


def known_references(safety: Iterable[str]) -> KnownReferences:
    """Fetch the known references, in four queries."""
    return KnownReferences(
        {*Article.objects.values_list("slug", flat=True), *FormerSlug.objects.values_list("slug", flat=True)},
        set(Source.objects.values_list("key", flat=True)),
        set(safety),
        dict(SafetyMessage.objects.values_list("key", "title")),
    )


def notices(
    text: dict[str, str], known: KnownReferences, cited: Collection[str] = ("in_short", "body")
) -> list[Notice]:
    """Return all notices on the parts of a text, in their order. The `cited` parts are Markdown, and claims need sources."""
    found: list[Notice] = []
    for part, words in text.items():
        source = words or ""
        wording = [*_wording(part, source)]
        markdown = [*_markdown(part, source, known)] if part in cited else []
        found += sorted({*wording, *markdown}, key=lambda notice: notice.line)
    return found + list(_missing_safety(text, known))


def _markdown(part: str, text: str, known: KnownReferences) -> Iterator[Notice]:
    yield from _broken(part, text, known.sources)
    yield from _links(part, text, known.slugs)
    yield from _pictures(part, text)
    for typed in changed_quantities(text):
        message = f"readers won’t see “{typed}” as it was typed; write the sign as a word, or begin a quotation with “"
        yield _notice(part, text, max(text.find(typed), 0), message, NoticeKind.DOSE)
    for error in unsourced(LocatedText(Path("line"), 1, "text", text)):
        _, line, message = error.split(":", 2)
        yield Notice(part, int(line), message.strip(), NoticeKind.SOURCE)


def _broken(part: str, text: str, sources: set[str]) -> Iterator[Notice]:
    for error in structure_errors(text):
        place, _, message = error.partition(": ")
        yield Notice(part, int(place.removeprefix("line ")), message, NoticeKind.BROKEN)
    for match in CITATION.finditer(text):
        if match[1] and match[1] not in sources:
            yield _notice(part, text, match.start(), f"there is no source {match[1]}", NoticeKind.BROKEN)
    for match in UNKNOWN_CITATION.finditer(text):
        message = f"{match[0]} is not a citation; write [^S12], [^site] or [^CHECK 2026-11-23]"
        yield _notice(part, text, match.start(), message, NoticeKind.BROKEN)
    for match in CONFLICT_MARK.finditer(text):
        message = "this contains two people's versions; keep what is right and delete the marks"
        yield _notice(part, text, match.start(), message, NoticeKind.BROKEN)


def _links(part: str, text: str, slugs: set[str]) -> Iterator[Notice]:
    for match in [*LINK.finditer(text), *ABSOLUTE_LINK.finditer(text)]:
        if match[1] not in slugs | TOOLS or (match[1] in TOOLS and match.re is LINK):
            yield _notice(part, text, match.start(), f"this link is dead: no article is called {match[1]}")


def _pictures(part: str, text: str) -> Iterator[Notice]:
    for match in IMAGE.finditer(text):
        if not match[1].strip():
            yield _notice(
                part,
                text,
                match.start(),
                "this picture has no alternative text: describe it in the brackets",
            )
        else:
            yield _notice(part, text, match.start(), "pictures only work as parts, such as [[picture:receptor]]")


def _wording(part: str, text: str) -> Iterator[Notice]:
    for found in unwanted_words(text):
        yield _notice(part, text, found.offset, f"the word “{found.text}”; say {found.instead}")
    for found in dosing_instructions(text):
        message = f"“{' '.join(found.text.split())}” tells the reader a dose; say {found.instead}"
        yield _notice(part, text, found.offset, message, NoticeKind.DOSE)


def _missing_safety(text: dict[str, str], known: KnownReferences) -> Iterator[Notice]:
    """Report a missing safety message at the first mention of its topic."""
    body = text.get("body") or ""
    threshold = max(1.0, len(body.split()) / WORDS_PER_MENTION)
    for key, topic in TOPICS.items():
        if key in known.safety or key not in known.messages or f"[[safety:{key}]]" in body:
            continue
        mentions = list(re.finditer(topic, body, re.IGNORECASE))
        if len(mentions) >= threshold:
            title = known.messages[key]
            message = f"the text mentions “{mentions[0][0]}”, but the safety message “{title}” is not chosen"
            yield _notice("body", body, mentions[0].start(), message, NoticeKind.SAFETY)


def _notice(part: str, text: str, offset: int, message: str, kind: NoticeKind = NoticeKind.STYLE) -> Notice:
    return Notice(part, text.count("\n", 0, offset) + 1, message, kind)

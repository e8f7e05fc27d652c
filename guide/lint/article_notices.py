"""What an editor is told of while writing, each with its part and line; none of it keeps a draft from being saved."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from guide.lint.house_style import doses, unwanted
from guide.lint.rules import LINK, breaks, unsourced
from guide.models import Article, ArticleRevision, SafetyMessage, Source
from guide.text.located_text import LocatedText
from guide.text.markdown import CITATION, UNKNOWN_CITATION

PARTS = {"title": "title", "summary": "summary", "in_short": "in short", "body": "text"}
ABSOLUTE = re.compile(r"\]\(/guide/([a-z0-9-]+)/?(?:#[^)\s]*)?\)")
TOOLS = {"wallet-card", "questions-for-my-prescriber", "print"}
IMAGE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
TWO_TEXTS = re.compile(r"^<{7} ", re.MULTILINE)
# A page speaks of a topic where it names it at least once in so many words; a passing remark in a long page is none.
WORDS_FOR_A_REMARK = 200
TOPICS = {
    "opioid-free": r"precipitat\w+ withdrawal|sudden[^.\n]{0,20} withdrawal|opioid-free|free of opioids",
    "low-tolerance": r"\btoleran(?:ce|t)\b|\boverdos\w+",
    "never-beat-the-block": r"\b(?:beat|overcom|overrid|overpower|get past|break through)\w* (?:the|its|this) block\w*",
    "alcohol-withdrawal": r"\balcohol withdrawal|delirium tremens|withdrawal from alcohol",
    "tell-every-clinician": r"\bsurgery\b|\bana?esthe\w+",
    "low-mood": r"\bsuicid\w+|\blow mood\b|\bdepress\w+",
    "liver-signs": r"\bliver (?:damage|trouble|failure|injury)|\bjaundice|\bhepatitis|\byellow (?:eyes|skin)",
}


@dataclass(frozen=True)
class Notice:
    """One thing to look at: in which part of the text, on which of its lines (from 1), and what."""

    part: str
    line: int
    what: str

    @property
    def place(self) -> str:
        return f"line {self.line}" if self.part == "body" else f"{PARTS[self.part]}, line {self.line}"

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(frozen=True)
class Known:
    """What a text may name, and the safety messages that its page shows."""

    slugs: set[str]
    sources: set[str]
    safety: set[str]
    messages: dict[str, str]


def known(safety: Iterable[str]) -> Known:
    """As it stands in the database now; three queries."""
    return Known(
        set(Article.objects.values_list("slug", flat=True)),
        set(Source.objects.values_list("key", flat=True)),
        set(safety),
        dict(SafetyMessage.objects.values_list("key", "title")),
    )


def submit_faults(revision: ArticleRevision) -> list[str]:
    """What holds a text back from review, though not from being kept as a draft."""
    words = {part: getattr(revision, part) for part in PARTS}
    safety = revision.article.safety_messages.values_list("key", flat=True)
    return [str(notice) for notice in notices(words, known(safety))]


def breaking_faults(revision: ArticleRevision) -> list[str]:
    """What readers would see as broken: held back even from an urgent correction."""
    sources = set(Source.objects.values_list("key", flat=True))
    found = [n for part in ("in_short", "body") for n in _broken(part, getattr(revision, part), sources)]
    return [str(notice) for notice in found]


def notices(words: dict[str, str], there: Known) -> list[Notice]:
    """Everything to look at, in the order of the page."""
    found: list[Notice] = []
    for part in PARTS:
        text = words.get(part) or ""
        wording = [*_wording(part, text)]
        marked = [*_in_markdown(part, text, there)] if part in ("in_short", "body") else []
        found += sorted({*wording, *marked}, key=lambda notice: notice.line)
    return found + list(_missing_safety(words, there))


def _in_markdown(part: str, text: str, there: Known) -> Iterator[Notice]:
    yield from _broken(part, text, there.sources)
    yield from _links(part, text, there.slugs)
    yield from _pictures(part, text)
    for fault in unsourced(LocatedText(Path("line"), 1, "text", text)):
        _, line, what = fault.split(":", 2)
        yield Notice(part, int(line), what.strip())


def _broken(part: str, text: str, sources: set[str]) -> Iterator[Notice]:
    for fault in breaks(text):
        place, _, what = fault.partition(": ")
        yield Notice(part, int(place.removeprefix("line ")), what)
    for match in CITATION.finditer(text):
        if match[1] and match[1] not in sources:
            yield _notice(part, text, match.start(), f"there is no source {match[1]}")
    for match in UNKNOWN_CITATION.finditer(text):
        yield _notice(
            part, text, match.start(), f"{match[0]} is no source; write [^S12], [^site] or [^CHECK 2026-11-23]"
        )
    for match in TWO_TEXTS.finditer(text):
        yield _notice(
            part, text, match.start(), "two people's words stand here; keep what is right and take the marks out"
        )


def _links(part: str, text: str, slugs: set[str]) -> Iterator[Notice]:
    for match in [*LINK.finditer(text), *ABSOLUTE.finditer(text)]:
        if match[1] not in slugs | TOOLS or (match[1] in TOOLS and match.re is LINK):
            yield _notice(part, text, match.start(), f"this link is dead: no article is called {match[1]}")


def _pictures(part: str, text: str) -> Iterator[Notice]:
    for match in IMAGE.finditer(text):
        if not match[1].strip():
            yield _notice(
                part,
                text,
                match.start(),
                "this picture has no alternative text: say in the brackets what it shows",
            )
        else:
            yield _notice(part, text, match.start(), "pictures are shown as parts only, such as [[picture:receptor]]")


def _wording(part: str, text: str) -> Iterator[Notice]:
    for found in unwanted(text):
        yield _notice(part, text, found.offset, f"the word “{found.words}”; say {found.instead}")
    for found in doses(text):
        what = f"“{' '.join(found.words.split())}” tells the reader a dose; say {found.instead}"
        yield _notice(part, text, found.offset, what)


def _missing_safety(words: dict[str, str], there: Known) -> Iterator[Notice]:
    """Named at the line that first speaks of the topic."""
    body = words.get("body") or ""
    few = max(1.0, len(body.split()) / WORDS_FOR_A_REMARK)
    for key, topic in TOPICS.items():
        if key in there.safety or key not in there.messages or f"[[safety:{key}]]" in body:
            continue
        said = list(re.finditer(topic, body, re.IGNORECASE))
        if len(said) >= few:
            words_for_it = (
                f"the text speaks of “{said[0][0]}”, and the safety message “{there.messages[key]}” is not chosen"
            )
            yield _notice("body", body, said[0].start(), words_for_it)


def _notice(part: str, text: str, offset: int, what: str) -> Notice:
    return Notice(part, text.count("\n", 0, offset) + 1, what)

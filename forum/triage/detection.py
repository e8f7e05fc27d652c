"""Triage notes everything in a text that a clinician should see first. It orders and holds, and decides nothing.

It knows no request. `read_revision` runs in the transaction that writes the revision.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from django.db.models import Max
from django.utils import timezone

from forum.models import Lane, PostRevision, TriageList, TriageMatch, TriageRule, TriageVersion
from forum.triage import phrase_syntax, tokenizer
from forum.triage.matcher import Machine
from forum.triage.negation import NEGATORS, Windows, softened
from forum.triage.phrase_syntax import DETAILS, PhraseError

PARTS = ("title", "warning", "body")
MOST_TRIES, MOST_SPANS = 12, 20  # of one rule in one part of a text
NEAR_AN_EXCEPTION = 3  # words
NEW, SHORTEST_REPEATED = timedelta(days=7), 80  # characters
CONTACT = DETAILS - {"{link}"}
Hit = tuple[phrase_syntax.Phrase, int, int]


@dataclass(frozen=True)
class Found:
    """What one rule noticed in one part of a text."""

    rule: TriageRule | None
    kind: str
    lane: int
    phrase: str = ""
    part: str = "body"
    start: int = 0
    end: int = 0
    softened: str = ""


class RuleSet:
    """Rules compiled together; the same for everybody until one is saved."""

    def __init__(self, rules: Iterable[TriageRule], lists: dict[str, list[str]]) -> None:
        self.rules = {rule.key: rule for rule in rules}
        self.machine = Machine([p for rule in self.rules.values() for p in compiled(rule, lists)])

    def find(self, parts: dict[str, str]) -> list[Found]:
        """Everything that the rules notice, RED first; overlapping spans of one rule are one."""
        found = [f for part, text in parts.items() if text for f in self._in(part, text)]
        return sorted(found, key=lambda f: (f.lane, bool(f.softened), f.part, f.start))

    def _in(self, part: str, text: str) -> Iterator[Found]:
        tokens = tokenizer.read(text)
        hits = sorted(self.machine.run(tokens), key=lambda hit: (hit[1], -hit[2]))
        noticed = {phrase.owner for phrase, _, _ in hits if not phrase.exception}
        excused = _excused(tokens, [hit for hit in hits if hit[0].exception and hit[0].owner in noticed])
        tries: dict[str, int] = {}
        spans: dict[str, list[Found]] = {}
        for phrase, first, last in hits:
            if phrase.exception or len(spans.get(phrase.owner, ())) >= MOST_SPANS:
                continue
            tries[phrase.owner] = tries.get(phrase.owner, 0) + 1
            rule = self.rules[phrase.owner]
            why = (
                ""
                if tries[phrase.owner] > MOST_TRIES
                else _softened(rule, tokens, (phrase, first, last), excused.get(rule.key, set()))
            )
            lane = rule.softened_lane if why else rule.lane
            if lane is not None and why != "excused":
                span = (tokens[first].start, tokens[last].end)
                _keep(spans.setdefault(rule.key, []), Found(rule, _kind(phrase), lane, phrase.text, part, *span, why))
        for kept in spans.values():
            yield from kept


def _excused(tokens: list[tokenizer.Token], hits: list[Hit]) -> dict[str, set[int]]:
    """The words of each rule at which an exception stands near, in the same sentence."""
    near: dict[str, set[int]] = {}
    for phrase, first, last in hits:
        for i in range(max(first - NEAR_AN_EXCEPTION, 0), min(last + NEAR_AN_EXCEPTION + 1, len(tokens))):
            if tokens[first].sentence <= tokens[i].sentence <= tokens[last].sentence:
                near.setdefault(phrase.owner, set()).add(i)
    return near


def _softened(rule: TriageRule, tokens: list[tokenizer.Token], hit: Hit, excused: set[int]) -> str:
    """An author who writes the words again and again is taken at them: the caller stops asking after MOST_TRIES."""
    phrase, first, last = hit
    if first in excused or last in excused:
        return "excused"
    says_not = any(place & NEGATORS for place in phrase.places)
    windows = Windows(rule.negation_window, rule.past_window, rule.minds_quotes)
    return softened(tokens, first, last, windows, says_not=says_not)


def _keep(kept: list[Found], new: Found) -> None:
    """Of overlapping spans the one that counts most; it is not replaced by a softened one."""
    if kept and new.start < kept[-1].end:
        if (new.lane, bool(new.softened)) < (kept[-1].lane, bool(kept[-1].softened)):
            kept[-1] = new
    else:
        kept.append(new)


def _kind(phrase: phrase_syntax.Phrase) -> str:
    detail = {word for place in phrase.places for word in place} & DETAILS
    if detail & CONTACT:
        return TriageMatch.Kind.CONTACT
    return TriageMatch.Kind.LINK if detail else TriageMatch.Kind.WORDS


def compiled(rule: TriageRule, lists: dict[str, list[str]]) -> list[phrase_syntax.Phrase]:
    """A rule's phrases and exceptions. Raises PhraseError with the line that is wrong."""
    found = []
    for text, exception in ((rule.phrases, False), (rule.exceptions, True)):
        for line in lines(text):
            found += phrase_syntax.parse(line, lists, rule.key, exception)
    if len(found) > phrase_syntax.MOST_PHRASES:
        raise PhraseError(
            f"“{rule.title}” stands for {len(found)} phrases; at most {phrase_syntax.MOST_PHRASES} are read."
        )
    return found


def lines(text: str) -> list[str]:
    stripped = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def named_lists() -> dict[str, list[str]]:
    return {row.name: lines(row.words) for row in TriageList.objects.all()}


def rule_set() -> RuleSet:
    """The rules in force. One query as long as none was saved since."""
    return _compiled_at(TriageVersion.objects.aggregate(newest=Max("pk"))["newest"] or 0)


@lru_cache(maxsize=2)
def _compiled_at(version: int) -> RuleSet:
    return RuleSet(TriageRule.objects.filter(active=True), named_lists()) if version else RuleSet([], {})


def look(parts: dict[str, str]) -> list[Found]:
    """What the rules in force would notice; nothing is stored."""
    return rule_set().find(parts)


def read_revision(revision: PostRevision) -> list[TriageMatch]:
    """Note everything in a text that was just written, in its own transaction."""
    found = look({part: getattr(revision, part) for part in PARTS})
    rows = [
        TriageMatch(revision=revision, rule_version=f.rule.version if f.rule else 0, **vars(f))
        for f in [*found, *_about(revision)]
    ]
    return TriageMatch.objects.bulk_create(rows)


def _about(revision: PostRevision) -> Iterator[Found]:
    """What is no rule's: links, a young account, and words that were sent before."""
    for part in PARTS:
        for token in tokenizer.read(getattr(revision, part)):
            if token.word == "{link}":
                yield Found(None, TriageMatch.Kind.LINK, Lane.GREEN, part=part, start=token.start, end=token.end)
    if timezone.now() - revision.post.author.date_joined < NEW:
        yield Found(None, TriageMatch.Kind.NEW_ACCOUNT, Lane.GREEN)
    if len(revision.body) >= SHORTEST_REPEATED and _was_sent_before(revision):
        yield Found(None, TriageMatch.Kind.REPEATED, Lane.AMBER)


def _was_sent_before(revision: PostRevision) -> bool:
    """By its author, or by anybody among what waits: the whole forum is too large to compare with."""
    same = PostRevision.objects.filter(body=revision.body).exclude(post=revision.post_id)
    by_author = same.filter(post__author=revision.post.author_id)
    return same.filter(state=PostRevision.State.WAITING).exists() or by_author.exists()


def must_be_read_first(revision: PostRevision) -> bool:
    """Whether a clinician must read this before it appears, whatever its author's trust and its category's policy."""
    return revision.triage_matches.holding().exists()


def advice(found: Iterable[Found | TriageMatch]) -> list[TriageRule]:
    """The rules whose advice the author should see, RED first, each once."""
    ordered = sorted(found, key=lambda f: (f.lane, bool(f.softened)))
    rules = {f.rule.key: f.rule for f in ordered if f.rule and (not f.softened or f.lane < Lane.GREEN)}
    return [rule for rule in rules.values() if rule.advice]

"""Detection: match triage rules and signals in texts. Triage sorts and holds texts; it never decides on them.

`record_matches` must run in the transaction that writes the revision.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Max, QuerySet, Value
from django.db.models.functions import MD5
from django.utils import timezone

from accounts.models import NameClaim, User
from accounts.text.name_rules import skeleton
from forum.models import (
    Appeal,
    DecisionQuestion,
    Experience,
    Lane,
    OutsideText,
    PostRevision,
    Report,
    TriageList,
    TriageMatch,
    TriageModel,
    TriageRule,
    TriageVersion,
)
from forum.text.mention_syntax import names_in
from forum.triage import phrase_syntax, tokenizer
from forum.triage.matcher import Hit, Machine
from forum.triage.negation import NEGATORS, PRESENT, Windows, softened
from forum.triage.phrase_syntax import DETAILS, PhraseError
from forum.triage.text_model import TextModel, shipped_model

PARTS = ("title", "warning", "body")
MAX_SOFTENED, MAX_SPANS = 12, 20  # places for each rule and part of a text
EXCEPTION_RADIUS = 3  # words
RED_RADIUS = 12  # words within which another match of a RED rule overrides an exception
NEW_ACCOUNT_AGE = timedelta(days=7)
MIN_REPEATED_LENGTH = 80  # characters
HANDLE = "{handle}"
CONTACT = DETAILS - {"{link}"}
ABOUT_TODAY = PRESENT | {"again"}
TODAY_BESIDE = ABOUT_TODAY - {"now", "ahora"}  # “now” also begins what became of it: “and now I have two kids”
Tokens = list[tokenizer.Token]
Message = DecisionQuestion | Appeal | Report | OutsideText | Experience
# The name of each kind of message in TriageMatch, and its field that holds the text.
MESSAGES: dict[type, tuple[str, str]] = {
    DecisionQuestion: ("question", "text"),
    Appeal: ("appeal", "text"),
    Report: ("report", "note"),
    OutsideText: ("outside_text", "text"),
    Experience: ("experience", "text"),
}


@dataclass(frozen=True)
class Finding:
    """A match of a rule or signal in one part of a text."""

    rule: TriageRule | None
    kind: str
    lane: int
    phrase: str = ""
    part: str = "body"
    start: int = 0
    end: int = 0
    softened: str = ""

    @property
    def version(self) -> int:
        """The version of the rule, or of the text model's weights; 0 for other findings without a rule."""
        if self.kind == TriageMatch.Kind.MODEL:
            return shipped_model().version
        return self.rule.version if self.rule else 0


class Source(NamedTuple):
    """What a rule's phrases are compiled from."""

    key: str
    title: str
    phrases: str
    exceptions: str


Lists = tuple[tuple[str, tuple[str, ...]], ...]  # name and entries of each named list
Compiler = Callable[[tuple[Source, ...], Lists], Machine]


class RuleSet:
    """Rules and the machine that their phrases are compiled into."""

    def __init__(
        self, rules: Iterable[TriageRule], lists: dict[str, list[str]], *, compiler: Compiler | None = None
    ) -> None:
        self.rules = {rule.key: rule for rule in rules}
        self.machine = (compiler or _compile)(tuple(map(_source, self.rules.values())), _frozen(lists))

    def find(self, parts: dict[str, str]) -> list[Finding]:
        """All findings in the given parts of a text, RED first. Overlapping spans of a rule are merged."""
        found = [f for part, text in parts.items() if text for f in self._find_in_part(part, text)]
        return sorted(found, key=lambda f: (f.lane, bool(f.softened), f.part, f.start))

    def _find_in_part(self, part: str, text: str) -> Iterator[Finding]:
        tokens = tokenizer.tokenize(text)
        hits = sorted(self.machine.run(tokens), key=lambda hit: (hit[1], -hit[2]))
        excused = self._excused(tokens, hits)
        tries: dict[str, set[int]] = {}
        spans: dict[str, list[Finding]] = {}
        for hit in hits:
            phrase, first, last = hit
            if phrase.exception or len(spans.get(phrase.owner, ())) >= MAX_SPANS:
                continue
            rule = self.rules[phrase.owner]
            tries.setdefault(rule.key, set()).add(first)
            why = _softened(rule, tokens, hit, excused.get(rule.key)) if len(tries[rule.key]) <= MAX_SOFTENED else ""
            lane = _lane(rule, why)
            if lane is not None:
                span = (tokens[first].start, tokens[last].end)
                _merge(
                    spans.setdefault(rule.key, []), Finding(rule, _kind(phrase), lane, phrase.text, part, *span, why)
                )
        for findings in spans.values():
            yield from findings

    def _excused(self, tokens: Tokens, hits: list[Hit]) -> dict[str, set[int]]:
        """For each rule with an exception in the text: indexes of words at which a match is excused.

        In RED rules that are the exception's own words, unless another match of the rule is near: “I'm not suicidal” excuses
        “suicidal”, but not in “I'm not suicidal, I just want to die”. In other rules, also words near the exception.
        """
        exceptions: dict[str, list[Hit]] = {}
        matches: dict[str, list[Hit]] = {}
        for hit in hits:
            (exceptions if hit[0].exception else matches).setdefault(hit[0].owner, []).append(hit)
        return {
            key: (_excused_in_red if self.rules[key].lane == Lane.RED else _excused_nearby)(tokens, own, matches[key])
            for key, own in exceptions.items()
            if key in matches
        }


def _excused_in_red(tokens: Tokens, exceptions: list[Hit], matches: list[Hit]) -> set[int]:
    """Words of exceptions, except of those about today and of those near a match that shares no word with any exception."""
    exceptions = [hit for hit in exceptions if not _is_about_today(tokens, hit)]
    words = {i for _, first, last in exceptions for i in range(first, last + 1)}
    contested: set[int] = set()
    for _, first, last in matches:
        if words.isdisjoint(range(first, last + 1)):
            contested.update(range(first - RED_RADIUS, last + RED_RADIUS + 1))
    return {
        i
        for _, first, last in exceptions
        if contested.isdisjoint(range(first, last + 1))
        for i in range(first, last + 1)
    }


def _is_about_today(tokens: Tokens, hit: Hit) -> bool:
    """Whether an exception has a word of today in it, or “again” just behind it: “suicidal years ago and again today”.

    One of several parts has the words of its whole sentence in it.
    """
    phrase, first, last = hit
    if phrase.part:
        sentences = range(tokens[first].sentence, tokens[last].sentence + 1)
        return any(token.word in TODAY_BESIDE for token in tokens if token.sentence in sentences)
    after = tokens[last + 1 : last + 1 + EXCEPTION_RADIUS]
    inside = {token.word for token in tokens[first : last + 1]}
    returns = any(token.word == "again" and token.sentence == tokens[last].sentence for token in after)
    return not ABOUT_TODAY.isdisjoint(inside) or ("ago" in inside and returns)


def _excused_nearby(tokens: Tokens, exceptions: list[Hit], matches: list[Hit]) -> set[int]:
    """Words in or near an exception, in the same sentence."""
    return {
        i
        for _, first, last in exceptions
        for i in range(max(first - EXCEPTION_RADIUS, 0), min(last + EXCEPTION_RADIUS + 1, len(tokens)))
        if tokens[first].sentence <= tokens[i].sentence <= tokens[last].sentence
    }


def _softened(rule: TriageRule, tokens: Tokens, hit: Hit, excused: set[int] | None) -> str:
    """Why a match is softened, or an empty string.

    The caller stops softening after MAX_SOFTENED places: an author who repeats the words means them.
    """
    phrase, first, last = hit
    ends = range(first, last + 1) if rule.lane == Lane.RED else (first, last)
    if excused and not excused.isdisjoint(ends):
        return TriageMatch.Softened.EXCUSED
    has_negator = any(place & NEGATORS for place in phrase.places)
    windows = Windows(rule.negation_window, rule.past_window, rule.minds_quotes)
    return softened(tokens, first, last, windows, has_negator=has_negator)


def _lane(rule: TriageRule, why: str) -> int | None:
    """An exception lowers a match by one lane; for other reasons the rule says which lane it has, or that it doesn't count."""
    if why == TriageMatch.Softened.EXCUSED:
        return min(rule.lane + 1, Lane.GREEN)
    return rule.softened_lane if why else rule.lane


def _merge(findings: list[Finding], new: Finding) -> None:
    """Append a finding. Of overlapping ones keep the most urgent, preferring those that are not softened."""
    if findings and new.start < findings[-1].end:
        if (new.lane, bool(new.softened)) < (findings[-1].lane, bool(findings[-1].softened)):
            findings[-1] = new
    else:
        findings.append(new)


def _kind(phrase: phrase_syntax.Phrase) -> str:
    detail = {word for place in phrase.places for word in place} & DETAILS
    if detail & CONTACT:
        return TriageMatch.Kind.CONTACT
    return TriageMatch.Kind.LINK if detail else TriageMatch.Kind.WORDS


def _source(rule: TriageRule) -> Source:
    return Source(rule.key, rule.title, rule.phrases, rule.exceptions)


def _frozen(lists: dict[str, list[str]]) -> Lists:
    return tuple((name, tuple(words)) for name, words in sorted(lists.items()))


@lru_cache(maxsize=4)
def _parser(lists: Lists) -> phrase_syntax.Parser:
    return phrase_syntax.Parser(dict(lists))


@lru_cache(maxsize=200)
def _phrases(source: Source, lists: Lists) -> list[phrase_syntax.Phrase]:
    """Parse a rule's phrases and exceptions. Raise PhraseError, which names the invalid line.

    Kept by content: after an edit, only the edited rule is parsed again.
    """
    parser = _parser(lists)
    found: list[phrase_syntax.Phrase] = []
    for text, exception in ((source.phrases, False), (source.exceptions, True)):
        for line in lines(text):
            found += parser.parse(line, source.key, exception)
    if len(found) > phrase_syntax.MAX_PHRASES:
        raise PhraseError(
            f"“{source.title}” expands to {len(found)} phrases. The limit is {phrase_syntax.MAX_PHRASES}."
        )
    return found


def _compile(sources: tuple[Source, ...], lists: Lists) -> Machine:
    return Machine([phrase for source in sources for phrase in _phrases(source, lists)])


_compile_once = lru_cache(maxsize=2)(_compile)  # for the active rules; kept apart from those that are only tried


def lines(text: str) -> list[str]:
    stripped = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def named_lists() -> dict[str, list[str]]:
    return {row.name: lines(row.words) for row in TriageList.objects.all()}


def rule_set() -> RuleSet:
    """The active rules, compiled. Takes one query if no rule was saved since the last call."""
    return _compiled_at(_newest_version())


def _newest_version() -> int:
    return TriageVersion.objects.aggregate(newest=Max("pk"))["newest"] or 0


@lru_cache(maxsize=2)
def _compiled_at(version: int) -> RuleSet:
    if not version:
        return RuleSet([], {})
    return RuleSet(TriageRule.objects.filter(active=True), named_lists(), compiler=_compile_once)


@lru_cache(maxsize=2)
def _text_model_at(version: int) -> TextModel | None:
    """The text model with the threshold in force, or None where it is switched off."""
    switch = TriageModel.objects.filter(active=True).first() if version else None
    if switch is None:
        return None
    model = shipped_model()
    return model if switch.threshold is None else replace(model, threshold=switch.threshold)


def detect(parts: dict[str, str]) -> list[Finding]:
    """Find what the active rules match and what the text model adds, without storing it."""
    version = _newest_version()
    found = _without_member_names(_compiled_at(version).find(parts), parts)
    return [*found, *_second_signal(parts, found, _text_model_at(version))]


def _without_member_names(found: list[Finding], parts: dict[str, str]) -> list[Finding]:
    """Leave out “@” with the name of a member here: a mention identifies no one outside. At most one query."""
    keys = {f: _mention_keys(parts[f.part], f.start) for f in found if f.phrase == HANDLE}
    wanted = {key for some in keys.values() for key in some}
    known = set(NameClaim.objects.filter(key__in=wanted).values_list("key", flat=True)) if wanted else set()
    return [f for f in found if known.isdisjoint(keys.get(f, ()))]


def _mention_keys(text: str, start: int) -> list[str]:
    names = next((names for names in names_in(text) if names and names[0].start == start), [])
    return [skeleton(name.text) for name in names]


def _second_signal(parts: dict[str, str], found: list[Finding], model: TextModel | None) -> Iterator[Finding]:
    """Raise to AMBER a text that the rules leave GREEN and that sounds like danger to the model. It never does more.

    Title and body are read apart as well, so that a harmless title doesn't outweigh a short cry for help.
    """
    texts = {*parts.values(), "\n".join(parts.values())} - {""}
    if model and all(f.lane == Lane.GREEN for f in found) and any(map(model.raises, texts)):
        yield Finding(None, TriageMatch.Kind.MODEL, Lane.AMBER)


def record_matches(revision: PostRevision) -> list[TriageMatch]:
    """Store all findings in a new revision, within the transaction that writes it."""
    found = detect({part: getattr(revision, part) for part in PARTS})
    return _store([*found, *_signals(revision)], revision=revision)


def record_message_matches(message: Message) -> list[TriageMatch]:
    """Store what the rules find in a message to moderators or a member’s experience, within the transaction that writes it."""
    name, part = MESSAGES[type(message)]
    return _store(detect({part: getattr(message, part)}), **{name: message})


def _store(found: Iterable[Finding], **text: Message | PostRevision) -> list[TriageMatch]:
    """`text` is the text that the matches are in, by its name in TriageMatch."""
    rows = [TriageMatch(rule_version=f.version, **vars(f), **text) for f in found]
    return TriageMatch.objects.bulk_create(rows)


def _signals(revision: PostRevision) -> Iterator[Finding]:
    """Findings without a rule: links, a new account, a repeated text."""
    for part in PARTS:
        for start, end in tokenizer.links(getattr(revision, part)):
            yield Finding(None, TriageMatch.Kind.LINK, Lane.GREEN, part=part, start=start, end=end)
    author = revision.post.author
    if author.state != User.State.VISITOR and timezone.now() - author.date_joined < NEW_ACCOUNT_AGE:
        yield Finding(None, TriageMatch.Kind.NEW_ACCOUNT, Lane.GREEN)
    if len(revision.body) >= MIN_REPEATED_LENGTH and _was_sent_before(revision):
        yield Finding(None, TriageMatch.Kind.REPEATED, Lane.AMBER)


def _was_sent_before(revision: PostRevision) -> bool:
    """Compare with the author's posts and with all waiting ones; comparing with the whole forum would be too slow."""
    by_author = PostRevision.objects.filter(body=revision.body, post__author=revision.post.author_id)
    same = (waiting_with_text(revision.body), by_author)
    return any(found.exclude(post=revision.post_id).exists() for found in same)


def waiting_with_text(body: str) -> QuerySet[PostRevision]:
    """Return waiting revisions with this very text, found by the index of hashes."""
    waiting = PostRevision.objects.filter(state=PostRevision.State.WAITING, body=body)
    return waiting.alias(digest=MD5("body")).filter(digest=MD5(Value(body)))


def has_holding_match(revision: PostRevision) -> bool:
    """Whether triage holds the revision for review, even if its author is trusted."""
    return revision.triage_matches.holding().exists()


def advice(found: Iterable[Finding | TriageMatch]) -> list[TriageRule]:
    """Rules whose advice the author should see, RED first, without duplicates."""
    ordered = sorted(found, key=lambda f: (f.lane, bool(f.softened)))
    rules = {f.rule.key: f.rule for f in ordered if f.rule and (not f.softened or f.lane < Lane.GREEN)}
    return [rule for rule in rules.values() if rule.advice]

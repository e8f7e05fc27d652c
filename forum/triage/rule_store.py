"""Rule store: validate, save and load triage rules. Every saved version stays in the version history."""

import hashlib
import json
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.forms.models import model_to_dict
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from core.yaml_text import load_yaml
from forum.models import Acuteness, Decision, Lane, PostRevision, TriageList, TriageModel, TriageRule, TriageVersion
from forum.triage.detection import PARTS, Finding, RuleSet, lines, named_lists
from forum.triage.phrase_syntax import Parser, PhraseError
from guide.text.diff import inline, rows, to_html

CONTENT = Path(__file__).resolve().parents[1] / "content" / "triage.yaml"
DRY_RUN_SIZE = 1000  # texts
Subject = TriageRule | TriageList | TriageModel
# The first word of a row's subject, and the field that gives the second word.
SUBJECTS: dict[type[Subject], tuple[str, str]] = {
    TriageRule: ("rule", "key"),
    TriageList: ("list", "name"),
    TriageModel: ("model", "name"),
}


def line_problems(text: str, *, exceptions: bool) -> list[str]:
    """Reasons why lines of a rule cannot be read, each naming its line."""
    parser = Parser(named_lists())
    return [problem for line in lines(text) if (problem := _line_problem(parser, line, exceptions))]


def _line_problem(parser: Parser, line: str, exceptions: bool) -> str:
    try:
        parser.parse(line, exception=exceptions)
    except PhraseError as error:
        return str(error)
    return ""


def problems(rule: TriageRule, lists: dict[str, list[str]]) -> list[str]:
    """Reasons why a rule cannot be saved: invalid or too broad phrases, and failing examples."""
    try:
        found = RuleSet([rule], lists)
    except PhraseError as error:
        return [str(error)]
    wrong = [f"“{text}” should match but doesn’t." for text in lines(rule.should_match) if not _in_full(found, text)]
    return wrong + [f"“{t}” should not match but does." for t in lines(rule.should_not_match) if _in_full(found, t)]


def list_problems(name: str, words: list[str]) -> list[str]:
    """Reasons why a list cannot be saved: active rules that would fail with it."""
    lists = named_lists() | {name: words}
    found = (problems(rule, lists) for rule in TriageRule.objects.filter(active=True))
    return [problem for each in found for problem in each]


def _in_full(rules: RuleSet, text: str) -> bool:
    return any(not found.softened for found in rules.find({"body": text}))


@transaction.atomic
def save(row: Subject, *, by: User | None, accepted_by: User | None = None) -> TriageVersion:
    """Save the row and a version of it. Processes reload the rules when the newest version's key changes.

    It checks neither the permission nor the second person; `proposals.py` does.
    """
    row.version += 1
    row.save()
    content = model_to_dict(row)
    return TriageVersion.objects.create(
        subject=subject(row), number=row.version, content=content, by=by, accepted_by=accepted_by
    )


def subject(row: Subject) -> str:
    kind, field = SUBJECTS[type(row)]
    return f"{kind} {getattr(row, field)}"


def rows_of(subject: str) -> QuerySet[Any]:
    """Select the row that a subject names."""
    kind, name = subject.split(" ", 1)
    model, field = next((model, field) for model, (each, field) in SUBJECTS.items() if each == kind)
    return model._default_manager.filter(**{field: name})


@dataclass(frozen=True)
class VersionChanges:
    """A saved version and the lines that it changed: the name of the field, and the line as HTML with marked words."""

    version: TriageVersion
    lines: list[tuple[str, SafeString]]


def history(row: Subject) -> list[VersionChanges]:
    """All versions, the newest first, each with what it changed. The first has nothing before it to compare with."""
    versions = list(TriageVersion.objects.filter(subject=subject(row)).select_related("by", "accepted_by"))
    pairs = zip_longest(versions, versions[1:])
    return [
        VersionChanges(version, changed_lines(before.content, version.content) if before else [])
        for version, before in pairs
    ]


def content_of(subject: str, number: int) -> dict[str, Any]:
    """Return the content of a version, or {} if there is none."""
    return TriageVersion.objects.filter(subject=subject, number=number).values_list("content", flat=True).first() or {}


def changed_lines(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, SafeString]]:
    """Return the lines that differ between two contents: the field's name, and the line as HTML with the changes marked."""
    found = []
    for name in after:
        old, new = ("" if content.get(name) is None else str(content[name]) for content in (before, after))
        marked = (mark_safe(to_html(inline(line))) for line in rows(old, new) if line.changed)  # noqa: S308  escaped
        found += [(name.replace("_", " "), html) for html in marked]
    return found


def set_to_version(row: Subject, number: int) -> bool:
    """Give `row` the content of an earlier version, without saving it. Return whether there is such a version."""
    version = TriageVersion.objects.filter(subject=subject(row), number=number).first()
    if version is None:
        return False
    set_content(row, version.content)
    return True


def set_content(row: Subject, content: dict[str, Any]) -> None:
    """Set the fields of `row` to this content, without saving. Its name, and what the content doesn't mention, stay."""
    for name in model_to_dict(row, exclude=["id", "key", "name"]):
        setattr(row, name, content.get(name, getattr(row, name)))


@dataclass(frozen=True)
class Trial:
    """A decided text, the lane that it was decided in, and what a rule would find in it."""

    revision: PostRevision
    decided_in: str
    found: list[Finding]

    @property
    def lane(self) -> Lane:
        return Lane(self.found[0].lane)


def dry_run(rule: TriageRule) -> tuple[int, list[Trial]]:
    """Find what a rule, saved or not, matches in the last DRY_RUN_SIZE decided texts, the newest first.

    Return the number of texts read, and those with matches. Nothing is stored. Raise PhraseError.
    """
    rules = RuleSet([rule], named_lists())
    latest = Decision.objects.without_messages().filter(revision=OuterRef("pk")).order_by("-pk")
    decided = PostRevision.objects.annotate(decided_in=Subquery(latest.values("lane")[:1]))
    decided = decided.filter(Exists(latest)).select_related("post__thread").order_by("-pk")[:DRY_RUN_SIZE]
    lanes = dict(Lane.choices)
    hits = [(r, rules.find({part: getattr(r, part) for part in PARTS})) for r in decided]
    return len(hits), [Trial(r, lanes.get(r.decided_in, "no lane"), found) for r, found in hits if found]


@transaction.atomic
def load(path: Path = CONTENT) -> int:
    """Load lists and rules from the content file, except those that staff edited, and switch the text model on once.

    Return how many rows were written.
    """
    content = load_yaml(path.read_text())
    edited = set(TriageVersion.objects.filter(by__isnull=False).values_list("subject", flat=True))
    written = sum(
        _load(TriageList, {"name": name}, {"words": words}, edited) for name, words in content["lists"].items()
    )
    for fields in content["rules"]:
        values = {**fields, "lane": Lane[fields["lane"]]}
        if "acuteness" in values:
            values["acuteness"] = Acuteness[values["acuteness"]]
        if "softened_lane" in values:
            values["softened_lane"] = Lane[values["softened_lane"]]
        written += _load(TriageRule, {"key": values.pop("key")}, values, edited)
    return written + _load(TriageModel, {"name": "danger"}, {"active": True}, edited)


def _load(model: type[Subject], key: dict[str, str], fields: dict[str, Any], edited: set[str]) -> bool:
    row = model.objects.filter(**key).first() or model(**key)
    values = {name: "\n".join(v) if isinstance(v, list) else v for name, v in fields.items()}
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    if subject(row) in edited or row.digest == digest:
        return False
    for name, value in (values | {"digest": digest}).items():
        setattr(row, name, value)
    save(row, by=None)
    return True

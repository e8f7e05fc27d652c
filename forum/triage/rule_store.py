"""Rule store: validate, save and load triage rules. Every saved version stays in the version history."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict

from accounts.models import User
from core.yaml_text import load_yaml
from forum.models import Acuteness, Lane, PostRevision, TriageList, TriageModel, TriageRule, TriageVersion
from forum.triage.detection import PARTS, Finding, RuleSet, lines, named_lists
from forum.triage.phrase_syntax import Parser, PhraseError

CONTENT = Path(__file__).resolve().parents[1] / "content" / "triage.yaml"
DRY_RUN_SIZE = 1000  # revisions
Subject = TriageRule | TriageList | TriageModel


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
def save(row: Subject, *, by: User | None) -> TriageVersion:
    """Save the row and a version of it. Processes reload the rules when the newest version's key changes."""
    row.version += 1
    row.save()
    content = model_to_dict(row)
    return TriageVersion.objects.create(subject=subject(row), number=row.version, content=content, by=by)


def subject(row: Subject) -> str:
    if isinstance(row, TriageRule):
        return f"rule {row.key}"
    return f"list {row.name}" if isinstance(row, TriageList) else f"model {row.name}"


def history(row: Subject) -> list[TriageVersion]:
    return list(TriageVersion.objects.filter(subject=subject(row)).select_related("by"))


def dry_run(rule: TriageRule) -> list[tuple[PostRevision, list[Finding]]]:
    """Find what a rule would match in the last DRY_RUN_SIZE revisions, newest first. Nothing is stored. Raise PhraseError."""
    rules = RuleSet([rule], named_lists())
    newest = PostRevision.objects.select_related("post__thread").order_by("-pk")[:DRY_RUN_SIZE]
    hits = ((r, rules.find({part: getattr(r, part) for part in PARTS})) for r in newest)
    return [(revision, found) for revision, found in hits if found]


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

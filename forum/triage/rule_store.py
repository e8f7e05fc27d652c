"""Keeping triage's rules: each saved wording is tried on its own examples and stays in the log for ever."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.forms.models import model_to_dict

from accounts.models import User
from forum.models import Lane, PostRevision, TriageList, TriageRule, TriageVersion
from forum.notifications.kinds import tell_red
from forum.triage import detection
from forum.triage.detection import PARTS, Found, RuleSet, compiled, lines, named_lists
from forum.triage.phrase_syntax import PhraseError

CONTENT = Path(__file__).resolve().parents[1] / "content" / "triage.yaml"
DRY_RUN = 1000  # revisions
Subject = TriageRule | TriageList


def triage_revision(revision: PostRevision) -> None:
    """Note everything in a text that was just written, within its transaction; RED calls the moderators on duty, once a text."""
    matches = detection.read_revision(revision)
    if any(match.lane == Lane.RED for match in matches):
        tell_red(revision)


def problems(rule: TriageRule, lists: dict[str, list[str]]) -> list[str]:
    """Why this wording may not be saved: phrases that cannot be read or are too broad, and examples that come out wrong."""
    try:
        compiled(rule, lists)
        found = RuleSet([rule], lists)
    except PhraseError as error:
        return [str(error)]
    wrong = [f"“{text}” should match and does not." for text in lines(rule.should_match) if not _in_full(found, text)]
    return wrong + [f"“{t}” should not match and does." for t in lines(rule.should_not_match) if _in_full(found, t)]


def list_problems(name: str, words: list[str]) -> list[str]:
    """Why a list may not be saved so: every rule that uses it must still pass."""
    lists = named_lists() | {name: words}
    found = (problems(rule, lists) for rule in TriageRule.objects.filter(active=True))
    return [problem for each in found for problem in each]


def _in_full(rules: RuleSet, text: str) -> bool:
    return any(not found.softened for found in rules.find({"body": text}))


@transaction.atomic
def save(row: Subject, *, by: User | None) -> TriageVersion:
    """Write the row and its wording into the log. The newest row of the log is what every process reads the rules by."""
    row.version += 1
    row.save()
    content = model_to_dict(row)
    return TriageVersion.objects.create(subject=subject(row), number=row.version, content=content, by=by)


def subject(row: Subject) -> str:
    return f"rule {row.key}" if isinstance(row, TriageRule) else f"list {row.name}"


def history(row: Subject) -> list[TriageVersion]:
    return list(TriageVersion.objects.filter(subject=subject(row)).select_related("by"))


def dry_run(rule: TriageRule) -> list[tuple[PostRevision, list[Found]]]:
    """What this wording would notice among the last thousand texts, the newest first. Nothing is stored. Raises PhraseError."""
    rules = RuleSet([rule], named_lists())
    newest = PostRevision.objects.select_related("post__thread").order_by("-pk")[:DRY_RUN]
    hits = ((r, rules.find({part: getattr(r, part) for part in PARTS})) for r in newest)
    return [(revision, found) for revision, found in hits if found]


@transaction.atomic
def load(path: Path = CONTENT) -> int:
    """Bring the content file's lists and rules in; what staff changed is left alone. Returns how many were written."""
    content = yaml.safe_load(path.read_text())
    edited = set(TriageVersion.objects.filter(by__isnull=False).values_list("subject", flat=True))
    written = sum(
        _load(TriageList, {"name": name}, {"words": words}, edited) for name, words in content["lists"].items()
    )
    for fields in content["rules"]:
        values = {**fields, "lane": Lane[fields["lane"]]}
        if "softened_lane" in values:
            values["softened_lane"] = Lane[values["softened_lane"]]
        written += _load(TriageRule, {"key": values.pop("key")}, values, edited)
    return written


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

"""Render stored texts again after RENDER_VERSION changed, so that a security fix reaches old posts too."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core import page_cache
from forum.models import ClinicalNote, Mention, PostRevision, Redaction
from forum.publishing.mentions import stored_member_ids
from forum.text.markdown import RENDER_VERSION, render
from forum.text.redaction import redact

BATCH = 500
PROGRESS_KEY = "forum:rendered:{}"  # per kind: (version, last pk checked, or None when done)
DAY = 86_400  # seconds

Kind = type[PostRevision] | type[ClinicalNote]
KINDS: list[Kind] = [PostRevision, ClinicalNote]


def rerender_all() -> int:
    """Render every outdated text, one transaction per batch; return how many. The Markdown is not touched."""
    return sum(_all_of(kind) for kind in KINDS)


def _all_of(kind: Kind) -> int:
    done, last = 0, 0
    while found := _batch(kind, last):
        done, last = done + found[0], found[1]
    return done


def rerender_batch() -> int:
    """Render one batch of each kind (the worker has other work); return how many.

    Once nothing is left, the database is asked only once a day: new texts are rendered with the current version.
    """
    return sum(_batch_of(kind) for kind in KINDS)


def _batch_of(kind: Kind) -> int:
    key = PROGRESS_KEY.format(kind.__name__)
    version, last = page_cache.shared().get(key) or (RENDER_VERSION, 0)
    if version != RENDER_VERSION:
        last = 0
    if last is None:
        return 0
    done, last = _batch(kind, last) or (0, None)
    page_cache.shared().set(key, (RENDER_VERSION, last), DAY)
    return done


@transaction.atomic
def _batch(kind: Kind, after: int) -> tuple[int, int] | None:
    """Render the next texts after this key; return (count, last key), or None. Waits for decisions under way."""
    texts: Any = kind.objects
    old = texts.filter(pk__gt=after).exclude(render_version=RENDER_VERSION).order_by("pk")
    rows = list(old.only("pk", "body", "html", "render_version").select_for_update(no_key=True)[:BATCH])
    spans, mentions = _spans_and_mentions(rows) if kind is PostRevision else ({}, {})
    for row in rows:
        visible = redact(row.body, spans.get(row.pk, []))
        row.html, row.render_version = (
            render(visible, stored_member_ids(visible, mentions.get(row.pk, []))),
            RENDER_VERSION,
        )
    texts.bulk_update(rows, ["html", "render_version"])
    return (len(rows), rows[-1].pk) if rows else None


def _spans_and_mentions(rows: Sequence[Any]) -> tuple[dict[int, list[Redaction]], dict[int, list[Mention]]]:
    """Return the redactions and the mentions of these revisions, by revision pk."""
    spans, mentions = defaultdict(list), defaultdict(list)
    for span in Redaction.objects.in_force().filter(revision__in=rows, part="body"):
        spans[span.revision_id].append(span)
    for mention in Mention.objects.filter(revision__in=rows):
        mentions[mention.revision_id].append(mention)
    return spans, mentions

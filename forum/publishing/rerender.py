"""A new version of the renderer reaches every old text: a fix of what is let through must not stop at what is new."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.db import transaction

from forum.models import ClinicalNote, Mention, PostRevision, Redaction
from forum.publishing.mentions import members_named
from forum.text.markdown import RENDER_VERSION, render
from forum.text.redaction import covered

BATCH = 500
PLACE = "forum:rendered:{}"  # of each kind: (version, the last key that was looked at; None once nothing is left)
DAY = 86_400  # seconds

Kind = type[PostRevision] | type[ClinicalNote]
KINDS: list[Kind] = [PostRevision, ClinicalNote]


def rerender_all() -> int:
    """Everything that another version made, in batches of one transaction each; returns how many. Words are not touched."""
    return sum(_all_of(kind) for kind in KINDS)


def _all_of(kind: Kind) -> int:
    done, last = 0, 0
    while found := _batch(kind, last):
        done, last = done + found[0], found[1]
    return done


def rerender_batch() -> int:
    """One batch of each kind, for the worker has other things to do; returns how many.

    Once nothing is left this asks the database once a day only, for new texts are made by the version that runs.
    """
    return sum(_some_of(kind) for kind in KINDS)


def _some_of(kind: Kind) -> int:
    key = PLACE.format(kind.__name__)
    version, last = cache.get(key) or (RENDER_VERSION, 0)
    if version != RENDER_VERSION:
        last = 0
    if last is None:
        return 0
    done, last = _batch(kind, last) or (0, None)
    cache.set(key, (RENDER_VERSION, last), DAY)
    return done


@transaction.atomic
def _batch(kind: Kind, after: int) -> tuple[int, int] | None:
    """The next ones after this key: how many, and the last key. What somebody decides on just now is waited for."""
    old = kind.objects.filter(pk__gt=after).exclude(render_version=RENDER_VERSION).order_by("pk")
    rows = list(old.only("pk", "body", "html", "render_version").select_for_update(no_key=True)[:BATCH])
    spans, mentions = _beside(rows) if kind is PostRevision else ({}, {})
    for row in rows:
        shown = covered(row.body, spans.get(row.pk, []))
        row.html, row.render_version = render(shown, members_named(shown, mentions.get(row.pk, []))), RENDER_VERSION
    kind.objects.bulk_update(rows, ["html", "render_version"])
    return (len(rows), rows[-1].pk) if rows else None


def _beside(rows: Sequence[Any]) -> tuple[dict[int, list[Redaction]], dict[int, list[Mention]]]:
    """What is covered in each of these texts, and whom each names, by the text's key."""
    spans, mentions = defaultdict(list), defaultdict(list)
    for span in Redaction.objects.in_force().filter(revision__in=rows, part="body"):
        spans[span.revision_id].append(span)
    for mention in Mention.objects.filter(revision__in=rows):
        mentions[mention.revision_id].append(mention)
    return spans, mentions

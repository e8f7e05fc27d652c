"""A new version of the renderer reaches every old post: a fix of what is let through must not stop at what is new."""

from django.core.cache import cache
from django.db import transaction

from forum.models import PostRevision, Redaction
from forum.redaction import covered
from forum.rendering import RENDER_VERSION, render

BATCH = 500
PLACE = "forum:rendered"  # (version, the last key that was looked at; None once nothing is left)
DAY = 86_400  # seconds


def rerender_all() -> int:
    """Everything that another version made, in batches of one transaction each; returns how many. Words are not touched."""
    done, last = 0, 0
    while found := _batch(last):
        done, last = done + found[0], found[1]
    return done


def rerender_some() -> int:
    """One batch, for the worker has other things to do; returns how many.

    Once nothing is left this asks the database once a day only, for new posts are made by the version that runs.
    """
    version, last = cache.get(PLACE) or (RENDER_VERSION, 0)
    if version != RENDER_VERSION:
        last = 0
    if last is None:
        return 0
    done, last = _batch(last) or (0, None)
    cache.set(PLACE, (RENDER_VERSION, last), DAY)
    return done


@transaction.atomic
def _batch(after: int) -> tuple[int, int] | None:
    """The next ones after this key: how many, and the last key. What somebody decides on just now is waited for."""
    old = PostRevision.objects.filter(pk__gt=after).exclude(render_version=RENDER_VERSION).order_by("pk")
    rows = list(old.only("pk", "body", "html", "render_version").select_for_update(no_key=True)[:BATCH])
    spans = list(Redaction.objects.in_force().filter(revision__in=rows, part="body"))
    for row in rows:
        row.html, row.render_version = render(_shown(row, spans)), RENDER_VERSION
    PostRevision.objects.bulk_update(rows, ["html", "render_version"])
    return (len(rows), rows[-1].pk) if rows else None


def _shown(row: PostRevision, spans: list[Redaction]) -> str:
    return covered(row.body, [span for span in spans if span.revision_id == row.pk])

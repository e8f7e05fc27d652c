"""What stands beside a thread and its posts for one reader, taken along by the query that fetches them: no query for each."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404

from accounts.models import Block
from core.requests import AnyUser
from forum.models import (
    Bookmark,
    ClinicalNote,
    Decision,
    Post,
    Reaction,
    ReadMark,
    ReasonTemplate,
    Redaction,
    Subscription,
    Thread,
)
from forum.models.posts import PostQuerySet
from forum.publishing.mention_html import mentioned_in
from forum.threads.guide_links import pages_cited, pages_of_room

NEVER = Value(False, output_field=BooleanField())


def posts_as_read_by(user: AnyUser, posts: PostQuerySet) -> PostQuerySet:
    """Each post with its notes, signs, bookmark, why it was removed or what is covered, and who keeps apart from whom."""
    removed = Decision.objects.filter(revision__post=OuterRef("pk"), action=Decision.Action.REMOVED)
    why = ReasonTemplate.objects.filter(code=OuterRef("reason")).exclude(code="other").values("title")
    removed = removed.annotate(why=Subquery(why[:1]))
    covers = (
        Redaction.objects.in_force().filter(revision=OuterRef("live_revision")).order_by("why").values("why").distinct()
    )
    noted = ClinicalNote.objects.filter(post=OuterRef("pk"), state=ClinicalNote.State.SHOWN).order_by("made_at")
    note = JSONObject(html="html", written_as="written_as", by="by__display_name")
    return posts.annotate(
        mentioned=mentioned_in("live_revision"),
        shown_notes=ArraySubquery(noted.values(json=note)),
        signs=ArraySubquery(_signs(user)),
        removed_for=Subquery(removed.order_by("-pk").values("why")[:1]),
        covered=ArraySubquery(covers),
        **_of_the_reader(user),
    )


def with_blocks(user: AnyUser, posts: QuerySet[Post]) -> QuerySet[Post]:
    """Each post with who keeps apart from whom, and nothing else beside it."""
    return posts.annotate(**_of_the_reader(user))


def _signs(user: AnyUser) -> QuerySet[Any]:
    """How many gave each kind of sign to the post, and whether the reader did. Never how many a person received."""
    mine = Count("pk", filter=Q(by=user.pk)) if user.is_authenticated else Value(0)
    counted = Reaction.objects.filter(post=OuterRef("pk")).order_by().values("kind").annotate(n=Count("pk"), own=mine)
    return counted.values(json=JSONObject(kind="kind", n="n", own="own"))


def _of_the_reader(user: AnyUser) -> dict[str, Any]:
    """Under an alias nobody is folded: muting one after another would tell who writes there."""
    if not user.is_authenticated:
        return {"bookmarked": NEVER, "kept_away": NEVER, "kept_from": NEVER}
    named = Q(alias__isnull=True)
    away = Block.objects.filter(owner=user.pk, other=OuterRef("author"))
    from_us = Block.objects.filter(other=user.pk, owner=OuterRef("author"), kind=Block.Kind.BLOCK)
    return {
        "bookmarked": Exists(Bookmark.objects.filter(user=user.pk, post=OuterRef("pk"))),
        "kept_away": Q(Exists(away)) & named,
        "kept_from": Q(Exists(from_us)) & named,
    }


def threads_as_read_by(user: AnyUser) -> QuerySet[Thread]:
    """What this person may read, each with its pinned answer and, for members, how far they read and whether they follow."""
    found = Thread.objects.visible_to(user).select_related(
        "category", "author", "answer__author", "answer__live_revision"
    )
    found = found.annotate(cited_pages=pages_cited(), room_pages=pages_of_room())
    return with_place_of(user, found).annotate(newer=_neighbour(user, newer=True), older=_neighbour(user, newer=False))


def merged_thread(pk: int, user: AnyUser) -> Thread:
    """Where a thread that cannot be read any more was merged into. Raises Http404 where nowhere this person may read."""
    return get_object_or_404(Thread.objects.visible_to(user), pk__in=Thread.objects.filter(pk=pk).values("merged_into"))


def with_place_of(user: AnyUser, threads: QuerySet[Thread]) -> QuerySet[Thread]:
    if not user.is_authenticated:
        return threads
    mark = ReadMark.objects.filter(user=user.pk, thread=OuterRef("pk"))
    follows = Subscription.objects.filter(user=user.pk, thread=OuterRef("pk"))
    away = Block.objects.filter(owner=user.pk, other=OuterRef("answer__author"))
    away = away | Block.objects.filter(other=user.pk, owner=OuterRef("answer__author"), kind=Block.Kind.BLOCK)
    return threads.annotate(read_to=Subquery(mark.values("position")[:1]), followed=Exists(follows), away=Exists(away))


def _neighbour(user: AnyUser, *, newer: bool) -> Subquery:
    """The next thread of the category by last publication, as its number and title."""
    moment, pk = OuterRef("last_post_at"), OuterRef("pk")
    near = Thread.objects.visible_to(user).filter(category=OuterRef("category"))
    if newer:
        near = near.filter(last_post_at__gte=moment).exclude(last_post_at=moment, pk__lte=pk)
        near = near.order_by("last_post_at", "pk")
    else:
        near = near.filter(last_post_at__lte=moment).exclude(last_post_at=moment, pk__gte=pk).newest_first()
    return Subquery(near.values(json=JSONObject(pk="pk", title="title"))[:1])

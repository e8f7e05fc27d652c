"""Annotate Thread and Post querysets for one reader, without extra queries."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.shortcuts import get_object_or_404

from accounts.models import Block, User
from core.kept_query import KeptQuery
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
from forum.publishing.mention_html import mentions_in
from forum.threads.guide_links import category_pages, cited_pages
from forum.threads.standing_threads import standing_neighbor

VISITOR = AnonymousUser()
NEVER = Value(False, output_field=BooleanField())


def posts_for_reader(user: AnyUser, posts: PostQuerySet) -> PostQuerySet:
    """Annotate posts with notes, reactions, bookmark, removal reason, redaction reasons, blocks, and who asked."""
    removed = Decision.objects.filter(revision__post=OuterRef("pk"), action=Decision.Action.REMOVED)
    why = ReasonTemplate.objects.filter(code=OuterRef("reason")).exclude(code="other").values("title")
    removed = removed.annotate(why=Subquery(why[:1]))
    redaction_reasons = (
        Redaction.objects.in_force().filter(revision=OuterRef("live_revision")).order_by("why").values("why").distinct()
    )
    notes = ClinicalNote.objects.filter(post=OuterRef("pk"), state=ClinicalNote.State.SHOWN).order_by("made_at")
    note = JSONObject(html="html", written_as="written_as", by="by__display_name")
    return posts.annotate(
        mentioned=mentions_in("live_revision"),
        shown_notes=ArraySubquery(notes.values(json=note)),
        reaction_counts=ArraySubquery(_reaction_counts(user)),
        removed_for=Subquery(removed.order_by("-pk").values("why")[:1]),
        redacted_for=ArraySubquery(redaction_reasons),
        reader_asked=Q(thread__author=user.pk) if user.is_authenticated else NEVER,
        **_reader_annotations(user),
    )


def with_blocks(user: AnyUser, posts: QuerySet[Post]) -> QuerySet[Post]:
    """Annotate posts only with blocks between reader and author."""
    return posts.annotate(**_reader_annotations(user))


def _reaction_counts(user: AnyUser) -> QuerySet[Any]:
    """Count each kind of reaction to a post, and whether the reader gave it. Reactions are never added up per member."""
    mine = Count("pk", filter=Q(by=user.pk)) if user.is_authenticated else Value(0)
    counted = Reaction.objects.filter(post=OuterRef("pk")).order_by().values("kind").annotate(n=Count("pk"), own=mine)
    return counted.values(json=JSONObject(kind="kind", n="n", own="own"))


def _reader_annotations(user: AnyUser) -> dict[str, Any]:
    """Posts under an alias are never folded: by muting one member after another, a reader could find out who wrote them.

    Nor are posts of a member who blocked the reader: that would tell of the block. The posts are public anyway.
    """
    if not user.is_authenticated:
        return {"bookmarked": NEVER, "hidden_by_reader": NEVER}
    named = Q(alias__isnull=True)
    hidden = Block.objects.filter(owner=user.pk, other=OuterRef("author"))
    return {
        "bookmarked": Exists(Bookmark.objects.filter(user=user.pk, post=OuterRef("pk"))),
        "hidden_by_reader": Q(Exists(hidden)) & named,
    }


def threads_for_reader(user: AnyUser) -> QuerySet[Thread]:
    """Return the threads this user may read, with the pinned answer and, for members, read position and subscription."""
    found = Thread.objects.visible_to(user).select_related(
        "category", "author", "answer__author", "answer__live_revision", "standing__schedule"
    )
    found = found.annotate(cited_pages=cited_pages(), category_pages=category_pages())
    return with_read_state(user, found).annotate(
        newer=_neighbor(user, newer=True),
        older=_neighbor(user, newer=False),
        similar=_similar(user),
        standing_after=standing_neighbor(user, newer=True),
        standing_before=standing_neighbor(user, newer=False),
    )


def thread_for_reader(pk: int, user: AnyUser) -> Thread | None:
    """Return the thread of `threads_for_reader` with this pk, or None."""
    found = MEMBERS_THREAD(pk, user.pk, user.date_joined) if user.is_authenticated else VISITORS_THREAD(pk)
    return found[0] if found else None


def merged_thread(pk: int, user: AnyUser) -> Thread:
    """Return the thread into which this one was merged. Raise Http404 if there is none that this user may read."""
    return get_object_or_404(Thread.objects.visible_to(user), pk__in=Thread.objects.filter(pk=pk).values("merged_into"))


def with_read_state(user: AnyUser, threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """Annotate threads with the reader's position, subscription and new posts, and whether they hid the answer's author."""
    if not user.is_authenticated:
        return threads
    mark = ReadMark.objects.filter(user=user.pk, thread=OuterRef("pk"))
    follows = Subscription.objects.filter(user=user.pk, thread=OuterRef("pk"))
    hidden = Block.objects.filter(owner=user.pk, other=OuterRef("answer__author"))
    count = unread_posts(user).order_by().values("thread").annotate(n=Count("pk")).values("n")
    return threads.annotate(
        read_to=Subquery(mark.values("position")[:1]),
        followed=Exists(follows),
        answer_hidden=Exists(hidden),
        new_posts=Coalesce(Subquery(count), 0),
    )


def unread_posts(user: User) -> QuerySet[Post]:
    """Select a thread's posts that are new to this member: others', beyond their mark, and published after they joined."""
    mark = ReadMark.objects.filter(user=user.pk, thread=OuterRef(OuterRef("pk"))).values("position")[:1]
    posts = Post.objects.filter(thread=OuterRef("pk"), state=Post.State.PUBLISHED, published_at__gt=user.date_joined)
    return posts.exclude(author=user.pk).filter(position__gt=Coalesce(Subquery(mark), 0))


def with_summary(user: AnyUser, threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """Annotate threads with what a list shows of them: the opening post and the last writer."""
    posts = Post.objects.filter(thread=OuterRef("pk"), state=Post.State.PUBLISHED)
    author = {"name": "author__display_name", "state": "author__state", "alias": "alias"}
    opening = JSONObject(**author, html="live_revision__html", warning="live_revision__warning")
    muted = Exists(Block.objects.filter(owner=user.pk, other=OuterRef("author"))) if user.is_authenticated else NEVER
    return threads.annotate(
        opening=Subquery(posts.filter(position=1).values(json=opening)[:1]),
        last_writer=Subquery(posts.filter(position__gt=1).order_by("-position").values(json=JSONObject(**author))[:1]),
        muted=muted,
    )


def stand_in(pk: int, joined: datetime) -> User:
    """Return a placeholder member for composing a kept query, with all the fields that queries read."""
    return User(pk=pk, date_joined=joined)


VISITORS_THREAD = KeptQuery(lambda pk: threads_for_reader(VISITOR).filter(pk=pk), int)
MEMBERS_THREAD = KeptQuery(
    lambda pk, user, joined: threads_for_reader(stand_in(user, joined)).filter(pk=pk), int, int, datetime
)


def _neighbor(user: AnyUser, *, newer: bool) -> Subquery:
    """Select pk and title of the category's next thread by last publication."""
    moment, pk = OuterRef("last_post_at"), OuterRef("pk")
    near = Thread.objects.visible_to(user).filter(category=OuterRef("category"))
    if newer:
        near = near.filter(last_post_at__gte=moment).exclude(last_post_at=moment, pk__lte=pk)
        near = near.order_by("last_post_at", "pk")
    else:
        near = near.filter(last_post_at__lte=moment).exclude(last_post_at=moment, pk__gte=pk).newest_first()
    return Subquery(near.values(json=JSONObject(pk="pk", title="title"))[:1])


def _similar(user: AnyUser) -> ArraySubquery:
    """Select pk and title of up to three threads about the same thing."""
    near = Thread.objects.visible_to(user).similar_to_outer()
    return ArraySubquery(near.values(json=JSONObject(pk="pk", title="title"))[:3])

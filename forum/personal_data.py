"""What the forum holds about one person, and what becomes of it when they leave."""

from typing import Any

import pgtrigger
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from forum.models import Decision, Post, PostRevision, Report, Thread
from forum.services.moves import move, take_from_counters

Rows = list[dict[str, Any]]


def sections(user: User) -> dict[str, Rows]:
    """Their words, with what was decided on them; moderators appear by their profession only."""
    revisions = PostRevision.objects.filter(post__author=user).order_by("pk").prefetch_related("decisions__credential")
    decisions = [
        {
            "post": r.post_id,
            "decided_at": d.decided_at,
            "what": d.get_action_display(),
            "why": d.reason,
            "words": d.note,
        }
        | {"by": d.credential.get_profession_display()}
        for r in revisions
        for d in r.decisions.all()
    ]
    words = revisions.values("post_id", "number", "title", "body", "warning", "state", "created_at")
    reports = Report.objects.filter(by=user).values("post_id", "reason", "note", "state", "made_at")
    posts = Post.objects.of(user).values(
        "id", "thread__title", "position", "state", "alias", "created_at", "published_at"
    )
    threads = Thread.objects.filter(author=user).values("id", "title", "state", "created_at")
    return {
        "Threads you started": list(threads),
        "Your posts": list(posts),
        "Your words": list(words),
        "Decisions on your posts": decisions,
        "Your reports": list(reports),
        "Decisions you took as a moderator": list(
            Decision.objects.filter(by=user).values("revision__post_id", "action", "reason", "note", "decided_at")
        ),
    }


@transaction.atomic
def erase(user: User) -> None:
    """What waits goes; what is published stays as a former member's or becomes a tombstone, as they chose.

    Of what is not to be read any more, the words go too, although the database keeps words otherwise.
    """
    _withdraw_what_waits(user)
    if user.parting == User.Parting.REMOVE:
        for post in Post.objects.filter(author=user, state=Post.State.PUBLISHED).select_related("thread"):
            move(post, Post.State.DELETED)
            take_from_counters(post)
        Thread.objects.filter(author=user).update(title="A thread whose first post was removed")
    _forget_unread_words(user)
    _forget_words_about(user)


def _withdraw_what_waits(user: User) -> None:
    open_states = [PostRevision.State.WAITING, PostRevision.State.CHANGES]
    for revision in PostRevision.objects.filter(post__author=user, state__in=open_states):
        move(revision, PostRevision.State.WITHDRAWN)
    for post in Post.objects.filter(author=user, state=Post.State.WAITING):
        move(post, Post.State.WITHDRAWN)


def _forget_unread_words(user: User) -> None:
    live = Post.objects.filter(author=user, state=Post.State.PUBLISHED).values("live_revision")
    with pgtrigger.ignore("forum.PostRevision:words_are_final"):
        PostRevision.objects.filter(post__author=user).exclude(pk__in=live).update(
            body="", html="", title="", warning=""
        )


def _forget_words_about(user: User) -> None:
    """That it was decided, by whom and for which reason stays; the words may name the person."""
    with pgtrigger.ignore("forum.Decision:append_only"):
        Decision.objects.filter(revision__post__author=user).exclude(note="").update(note="")
    Report.objects.filter(Q(by=user) | Q(post__author=user)).update(note="")

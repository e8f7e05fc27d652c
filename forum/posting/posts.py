"""What members do. Each act is one transaction. What makes words public is a decision, or `review_after` where it may."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.permissions import credential_in_force
from forum.models import Category, Draft, Post, PostRevision, Thread
from forum.permissions import (
    can_delete_post,
    can_edit_post,
    can_quote_post,
    can_reply,
    can_start_thread,
    can_withdraw_post,
)
from forum.posting import limits
from forum.posting.post_moderation import show_where_allowed
from forum.publishing import mentions
from forum.publishing.queue_items import ask_about_revision
from forum.publishing.transitions import move, unpublish
from forum.text.markdown import RENDER_VERSION, render
from forum.triage.rule_store import triage_revision


class Overtaken(ValidationError):
    """The author sent another text of this post after they opened the one that they edited."""


@dataclass(frozen=True)
class Words:
    """What a member sends. `title` is the thread's and stands on its opening post only."""

    body: str
    title: str = ""
    warning: str = ""
    anonymous: bool = False
    members_only: bool = False


@transaction.atomic
def start_thread(category: Category, words: Words, *, by: User, key: UUID) -> Post:
    """A new thread whose opening post waits for review. Sent again with the same key, it answers with the first one.

    Raises PermissionDenied, ValidationError (limits) and rendering.PostTooLong.
    """
    author = _locked(by)
    if sent := author.posts.filter(key=key).first():
        return sent
    if not can_start_thread(author, category):
        raise PermissionDenied
    limits.check(author, words.body)
    thread = Thread.objects.create(category=category, author=author, members_only=words.members_only)
    return _new_post(thread, words, author, key)


@transaction.atomic
def reply(thread: Thread, words: Words, *, by: User, key: UUID, quoted: Post | None = None) -> Post:
    """A post in an open thread, waiting for review. Raises as `start_thread` does."""
    author = _locked(by)
    if sent := author.posts.filter(key=key).first():
        return sent
    thread = Thread.objects.get(pk=thread.pk)
    if not can_reply(author, thread):
        raise PermissionDenied
    if quoted and not can_quote_post(author, thread, quoted):
        raise PermissionDenied
    limits.check(author, words.body)
    limits.check_pace(author, thread)
    return _new_post(thread, words, author, key, quoted)


@transaction.atomic
def edit_post(post: Post, words: Words, *, by: User, seen: int | None = None) -> PostRevision:
    """A new revision that waits; what was published stays as it is until a decision. An older one that waited is replaced.

    `seen` is the number of the text that was edited. Where a newer one is there, the same words are that one (a second
    click), and others raise Overtaken: nobody replaces what they did not read. Raises as `start_thread` does.
    """
    author = _locked(by)
    Thread.objects.select_for_update(no_key=True).get(pk=post.thread_id)
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if not can_edit_post(author, post):
        raise PermissionDenied
    newest = post.revisions.order_by("-number")[0]
    if seen is not None and seen != newest.number:
        if (newest.title, newest.body, newest.warning) == (words.title, words.body, words.warning):
            return newest
        raise Overtaken(
            "You sent another text of this post meanwhile, perhaps from another window. Look at it under “My posts”. "
            "To replace it by this one, send again."
        )
    limits.check(author, words.body)
    Draft.objects.filter(author=author, post=post).delete()
    for open_one in post.revisions.filter(state__in=[PostRevision.State.WAITING, PostRevision.State.CHANGES]):
        move(open_one, PostRevision.State.SUPERSEDED)
    if post.state == Post.State.REJECTED:
        move(post, Post.State.WAITING)
    return show_where_allowed(_new_revision(post, words))


@transaction.atomic
def withdraw_post(post: Post, *, by: User) -> None:
    """Take back what was not published yet."""
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if not can_withdraw_post(by, post):
        raise PermissionDenied
    for revision in post.revisions.filter(state__in=[PostRevision.State.WAITING, PostRevision.State.CHANGES]):
        move(revision, PostRevision.State.WITHDRAWN)
    move(post, Post.State.WITHDRAWN)


@transaction.atomic
def delete_post(post: Post, *, by: User) -> None:
    """One's own published post becomes a tombstone that keeps its place."""
    Thread.objects.select_for_update(no_key=True).get(pk=post.thread_id)
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if not can_delete_post(by, post):
        raise PermissionDenied
    for revision in post.revisions.filter(state=PostRevision.State.WAITING):
        move(revision, PostRevision.State.WITHDRAWN)
    unpublish(post, Post.State.DELETED)


def _locked(user: User) -> User:
    """The author's row, held until the end: two posts of one person are counted one after the other.

    Not its key: a moderator who holds the thread can still write to the author's inbox while the author waits for the thread.
    """
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _new_post(thread: Thread, words: Words, author: User, key: UUID, quoted: Post | None = None) -> Post:
    credential = credential_in_force(author)
    post = Post.objects.create(
        thread=thread,
        author=author,
        key=key,
        quoted=quoted,
        alias=_alias(thread, author) if words.anonymous else None,
        written_as_clinician=credential.profession if credential and not words.anonymous else "",
    )
    show_where_allowed(_new_revision(post, words))
    Draft.objects.filter(author=author, key=key).delete()
    return post


def _alias(thread: Thread, author: User) -> int:
    """The author's number in this thread, the same for all their anonymous posts in it."""
    Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    mine = thread.posts.filter(author=author, alias__isnull=False).values_list("alias", flat=True).first()
    highest = thread.posts.aggregate(n=Max("alias"))["n"] or 0
    return mine or highest + 1


def _new_revision(post: Post, words: Words) -> PostRevision:
    last = post.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    members = mentions.whom(post, words.body)
    revision = post.revisions.create(
        number=last + 1,
        title=words.title,
        body=words.body,
        warning=words.warning,
        html=render(words.body, mentions.numbers(members)),
        render_version=RENDER_VERSION,
    )
    mentions.note_mentions(revision, members)
    triage_revision(revision)
    ask_about_revision(revision)
    return revision

"""Write services: start a thread, reply, edit, withdraw, delete. Each is one transaction."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.permissions import credential_in_force
from core.kept_query import KeptQuery
from forum.models import Category, Draft, Post, PostRevision, Thread
from forum.permissions import (
    can_delete_post,
    can_edit_post,
    can_quote_post,
    can_reply,
    can_start_thread,
    can_withdraw_post,
)
from forum.posting.limits import check_limits, check_slow_mode
from forum.posting.post_moderation import publish_if_trusted
from forum.publishing import mentions
from forum.publishing.locks import lock_post, lock_thread
from forum.publishing.publish import move, unpublish
from forum.publishing.visible_text import repeated_redactions, rerender_revision
from forum.text.markdown import RENDER_VERSION, render
from forum.triage.intake import take_in_revision


class EditConflict(ValidationError):
    """The author has sent a newer text of this post since opening the edit form."""


@dataclass(frozen=True)
class PostText:
    """The text and options of a post. `title` is the thread's; only an opening post has one."""

    body: str
    title: str = ""
    warning: str = ""
    anonymous: bool = False
    members_only: bool = False


@transaction.atomic
def start_thread(category: Category, text: PostText, *, by: User, key: UUID) -> Post:
    """Create a thread whose opening post waits for review. A second call with the same key returns the first post.

    Raise PermissionDenied, ValidationError (limits) or markdown.PostTooLong.
    """
    author = _locked(by)
    if sent := SENT(author.pk, key):
        return sent[0]
    if not can_start_thread(author, category):
        raise PermissionDenied
    return open_thread(category, text, author, key)


def open_thread(category: Category, text: PostText, author: User, key: UUID) -> Post:
    """Create a thread within the limits, in the caller's transaction. The caller has checked who may do that."""
    check_limits(author, text.body)
    thread = Thread.objects.create(category=category, author=author, members_only=text.members_only)
    return _new_post(lock_thread(thread), text, author, key)


@transaction.atomic
def reply(thread: Thread, text: PostText, *, by: User, key: UUID, quoted: Post | None = None) -> Post:
    """Add a post to an open thread, or to the one that it was merged into; it waits for review.

    Raise the same errors as `start_thread`.
    """
    author = _locked(by)
    if sent := SENT(author.pk, key):
        return sent[0]
    thread = lock_thread(thread)
    if not can_reply(author, thread):
        raise PermissionDenied
    if quoted and not can_quote_post(author, thread, quoted):
        raise PermissionDenied
    check_limits(author, text.body)
    check_slow_mode(author, thread)
    return _new_post(thread, text, author, key, quoted)


@transaction.atomic
def edit_post(post: Post, text: PostText, *, by: User, base_number: int | None = None) -> PostRevision:
    """Add a revision that waits for review and replaces an older waiting one. The published text stays until a decision.

    `base_number` is the number of the revision that the author edited. If a newer one exists with the same text, return it (a
    second click); with other text, raise EditConflict, so that no one overwrites text they haven't read. Otherwise raise the same
    errors as `start_thread`.
    """
    author = _locked(by)
    post = lock_post(post.pk)
    if not can_edit_post(author, post):
        raise PermissionDenied
    return add_revision(post, text, base_number)


def add_revision(post: Post, text: PostText, base_number: int | None) -> PostRevision:
    """Do what `edit_post` does, in the caller's transaction. The caller holds the post's lock and has checked who may edit it."""
    author = post.author
    newest = post.revisions.order_by("-number")[0]
    if base_number is not None and base_number != newest.number:
        if (newest.title, newest.body, newest.warning) == (text.title, text.body, text.warning):
            return newest
        raise EditConflict(
            "You’ve changed this post since you opened it, maybe in another window. See “My posts” for that text. "
            "To replace it with this one, send again."
        )
    check_limits(author, text.body)
    Draft.objects.filter(author=author, post=post).delete()
    for open_revision in post.revisions.filter(state__in=[PostRevision.State.WAITING, PostRevision.State.CHANGES]):
        move(open_revision, PostRevision.State.SUPERSEDED)
    if post.state == Post.State.REJECTED:
        move(post, Post.State.WAITING)
    return publish_if_trusted(_new_revision(post, text, number=newest.number + 1))


@transaction.atomic
def withdraw_post(post: Post, *, by: User) -> None:
    """Withdraw a post that was never published, and its waiting revisions."""
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if not can_withdraw_post(by, post):
        raise PermissionDenied
    for revision in post.revisions.filter(state__in=[PostRevision.State.WAITING, PostRevision.State.CHANGES]):
        move(revision, PostRevision.State.WITHDRAWN)
    move(post, Post.State.WITHDRAWN)


@transaction.atomic
def delete_post(post: Post, *, by: User) -> None:
    """Unpublish one's own post; its place in the thread stays."""
    post = lock_post(post.pk)
    if not can_delete_post(by, post):
        raise PermissionDenied
    for revision in post.revisions.filter(state=PostRevision.State.WAITING):
        move(revision, PostRevision.State.WITHDRAWN)
    unpublish(post, Post.State.DELETED)


def _locked(user: User) -> User:
    """Lock the author's row until the transaction ends, so that limits are counted for one post at a time.

    Not the key itself: a moderator who holds the thread can still write to the author's
    inbox while the author waits for the thread.
    """
    return LOCKED_AUTHOR(user.pk)[0]


LOCKED_AUTHOR = KeptQuery(lambda pk: User.objects.select_for_update(no_key=True).filter(pk=pk), int)
SENT = KeptQuery(lambda author, key: Post.objects.filter(author=author, key=key), int, UUID)


def _new_post(thread: Thread, text: PostText, author: User, key: UUID, quoted: Post | None = None) -> Post:
    credential = credential_in_force(author)
    post = Post.objects.create(
        thread=thread,
        author=author,
        key=key,
        quoted=quoted,
        alias=next_alias(thread, author) if text.anonymous else None,
        written_as_clinician=credential.profession if credential and not text.anonymous else "",
    )
    publish_if_trusted(_new_revision(post, text, number=1))
    Draft.objects.filter(author=author, key=key).delete()
    return post


def next_alias(thread: Thread, author: User) -> int:
    """Return the author's anonymous number in this thread, the same for all their anonymous posts there."""
    Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    existing = thread.posts.filter(author=author, alias__isnull=False).values_list("alias", flat=True).first()
    highest = thread.posts.aggregate(n=Max("alias"))["n"] or 0
    return existing or highest + 1


def _new_revision(post: Post, text: PostText, *, number: int) -> PostRevision:
    members = mentions.mentioned_members(post, text.body)
    revision = post.revisions.create(
        number=number,
        title=text.title,
        body=text.body,
        warning=text.warning,
        html=render(text.body, mentions.ids_by_name(members)),
        render_version=RENDER_VERSION,
    )
    mentions.save_mentions(revision, members)
    if repeated_redactions(revision):
        rerender_revision(revision)
    take_in_revision(revision)
    return revision

"""Who may do what in the forum. One function, one rule."""

from typing import Any

from accounts.permissions import are_apart, can_write, is_moderator
from forum.models import Category, Post, PostRevision, Thread


def can_enter_category(user: Any, category: Category) -> bool:
    return user.is_authenticated or not category.members_only


def can_start_thread(user: Any, category: Category) -> bool:
    return can_write(user) and can_enter_category(user, category)


def can_reply(user: Any, thread: Thread) -> bool:
    """To an open thread, and not to somebody who is kept apart from this person by a block."""
    return can_write(user) and thread.state == Thread.State.OPEN and not are_apart(user, thread.author)


def can_edit_post(user: Any, post: Post) -> bool:
    """One's own, while it waits, is published or came back. A tombstone has no text left to edit."""
    editable = {Post.State.WAITING, Post.State.PUBLISHED, Post.State.REJECTED}
    return can_write(user) and post.author_id == user.pk and post.state in editable


def can_withdraw_post(user: Any, post: Post) -> bool:
    """One's own, before it was published. The suspended may too: it takes words away, not adds them."""
    return user.is_authenticated and post.author_id == user.pk and post.state == Post.State.WAITING


def can_delete_post(user: Any, post: Post) -> bool:
    return user.is_authenticated and post.author_id == user.pk and post.state == Post.State.PUBLISHED


def can_report_post(user: Any, post: Post) -> bool:
    return can_write(user) and post.author_id != user.pk and post.state == Post.State.PUBLISHED


def can_moderate(user: Any) -> bool:
    return user.is_authenticated and is_moderator(user)


def can_edit_triage(user: Any) -> bool:
    """The clinicians who moderate approve its wording; administrators may mend it."""
    return can_moderate(user) or user.is_superuser


def can_decide_revision(user: Any, revision: PostRevision) -> bool:
    """A moderator, and never on their own words."""
    return can_moderate(user) and revision.post.author_id != user.pk

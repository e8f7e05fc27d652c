"""Who may do what in the guide. One function, one rule."""

from typing import TypeGuard

from accounts.models import User
from accounts.permissions import is_clinician
from core.requests import AnyUser
from guide.models import Article, ArticleRevision, ReferenceChange


def can_sign_revision(user: User, revision: ArticleRevision) -> bool:
    """A signature says that a second pair of eyes, a verified clinician's, read the very text that is live."""
    return (
        user.is_active
        and user.has_perm("guide.sign_articlerevision")
        and revision.author_id != user.pk
        and revision.is_live
        and is_clinician(user)
    )


def can_see_desk(user: User) -> bool:
    """The desk is for those who write, review or read the guide in the admin."""
    return user.is_active and user.is_staff and user.has_perm("guide.view_article")


def can_write_guide(user: AnyUser) -> TypeGuard[User]:
    return user.is_active and user.is_staff and user.has_perm("guide.change_article")


def can_review_guide(user: User) -> bool:
    """Whether this person reviews at all; which text they may decide on is another question."""
    return bool(user.is_staff and holds_reviewers_right(user))


def can_export_guide(user: User) -> bool:
    return can_write_guide(user)


def holds_reviewers_right(user: AnyUser) -> bool:
    """Holds the reviewer's right: appointed, and a verified clinician at this moment; or an administrator."""
    return (
        user.is_active and user.has_perm("guide.sign_articlerevision") and bool(user.is_superuser or is_clinician(user))
    )


def can_see_history(user: AnyUser) -> bool:
    return bool(user.is_active and user.is_staff and user.has_perm("guide.view_articlerevision"))


def can_submit_revision(user: AnyUser, revision: ArticleRevision) -> bool:
    return can_write_guide(user)


def can_take_back_revision(user: AnyUser, revision: ArticleRevision) -> bool:
    """Who wrote it or sent it."""
    if not can_write_guide(user):
        return False
    return revision.author_id == user.pk or revision.decisions.filter(action="submitted", by=user).exists()


def can_review_revision(user: AnyUser, revision: ArticleRevision) -> bool:
    """Nobody decides on their own, administrators included: not on words of theirs since what is live, nor on what they sent."""
    if not (user.is_staff and holds_reviewers_right(user)) or revision.author_id == user.pk:
        return False
    live = revision.article.live_revision
    begun = live.number if live and not revision.is_live else revision.number - 1 if revision.is_live else 0
    drafts = revision.article.revisions.filter(author=user, number__gt=begun, number__lte=revision.number)
    return not drafts.exists() and not revision.decisions.filter(action="submitted", by=user).exists()


def can_publish_urgently(user: AnyUser, revision: ArticleRevision) -> bool:
    """An editor, for what must not wait: the page says so until a second person has read it."""
    return can_write_guide(user) and user.has_perm("guide.publish_articlerevision")


def can_roll_back(user: AnyUser, article: Article) -> bool:
    return can_write_guide(user) and user.has_perm("guide.publish_articlerevision")


def can_write_change(user: AnyUser, model: str) -> TypeGuard[User]:
    """Propose how a row of this table should read; saving changes nothing that readers see."""
    return bool(user.is_active and user.is_staff and user.has_perm(f"guide.change_{model}"))


def can_see_changes(user: AnyUser) -> bool:
    """What waits is for those who write the guide and those who review it."""
    return bool(
        user.is_active and user.is_staff and (user.has_perm("guide.change_question") or holds_reviewers_right(user))
    )


def can_submit_change(user: AnyUser, change: ReferenceChange) -> bool:
    return can_write_change(user, change.model)


def can_take_back_change(user: AnyUser, change: ReferenceChange) -> bool:
    """Who wrote it or sent it; a colleague's is superseded by a newer draft instead."""
    if not can_write_change(user, change.model):
        return False
    return change.author_id == user.pk or change.decisions.filter(action="submitted", by=user).exists()


def can_review_change(user: AnyUser, change: ReferenceChange) -> bool:
    """Nobody decides on their own, administrators included: not on their words, nor on what they sent."""
    if (
        not (user.is_staff and holds_reviewers_right(user))
        or change.decisions.filter(action="submitted", by=user).exists()
    ):
        return False
    draft: ReferenceChange | None = change
    while draft:
        if draft.author_id == user.pk:
            return False
        draft = draft.replaces
    return True


def can_publish_change_urgently(user: AnyUser, change: ReferenceChange) -> bool:
    """An editor, for what must not wait: it is marked until a second person has read it."""
    return can_write_change(user, change.model) and user.has_perm("guide.publish_articlerevision")

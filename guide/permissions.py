"""Who may do what in the guide. One function, one rule."""

from accounts.models import User
from accounts.permissions import is_clinician
from guide.models import ArticleRevision


def can_publish_revision(user: User, revision: ArticleRevision) -> bool:
    return user.is_active and user.has_perm("guide.publish_articlerevision")


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


def can_write_guide(user: User) -> bool:
    return user.is_active and user.is_staff and user.has_perm("guide.change_article")


def can_review_guide(user: User) -> bool:
    """Whether this person reviews at all; which text they may decide on is another question."""
    return user.is_active and user.is_staff and user.has_perm("guide.sign_articlerevision")


def can_export_guide(user: User) -> bool:
    return can_write_guide(user)

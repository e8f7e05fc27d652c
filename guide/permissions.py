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

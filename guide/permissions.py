"""Who may do what in the guide. One function, one rule."""

from accounts.models import User
from accounts.permissions import is_clinician
from core.requests import AnyUser
from guide.models import Proposal
from guide.models.review import ARTICLE


def can_see_desk(user: User) -> bool:
    """The dashboard is for those who write, review or read the guide in the admin."""
    return user.is_active and user.is_staff and user.has_perm("guide.view_article")


def can_write_guide(user: User) -> bool:
    return can_write(user, ARTICLE)


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


def can_write(user: AnyUser, model: str) -> bool:
    """Whether this person writes proposals for this kind of page or row."""
    return bool(user.is_active and user.is_staff and user.has_perm(f"guide.change_{model}"))


def can_see_proposals(user: AnyUser) -> bool:
    """Proposals and history are for those who write the guide and those who review it."""
    return bool(user.is_active and user.is_staff and user.has_perm("guide.view_articlerevision"))


def can_submit_proposal(user: AnyUser, proposal: Proposal) -> bool:
    """Also to discard it."""
    return can_write(user, proposal.model)


def can_withdraw_proposal(user: AnyUser, proposal: Proposal) -> bool:
    """Only whoever wrote or submitted it."""
    return can_write(user, proposal.model) and (proposal.author_id == user.pk or proposal.was_submitted_by(user))


def can_review_proposal(user: AnyUser, proposal: Proposal) -> bool:
    """Nobody decides on what they wrote or submitted, administrators included."""
    return bool(user.is_staff and holds_reviewers_right(user)) and not proposal.is_by(user)


def can_publish_urgently(user: AnyUser, proposal: Proposal) -> bool:
    """An editor, for what must not wait: readers are told until a second person has reviewed it."""
    return can_write(user, proposal.model) and user.has_perm("guide.publish_articlerevision")


def can_restore_articles(user: AnyUser) -> bool:
    return can_write(user, ARTICLE) and user.has_perm("guide.publish_articlerevision")


def can_restore(user: AnyUser, proposal: Proposal) -> bool:
    """Publish the earlier text of an article again; a row has no text of its own to go back to."""
    return proposal.revision_id is not None and can_restore_articles(user)


def can_sign_proposal(user: AnyUser, proposal: Proposal) -> bool:
    """A signature says that a second pair of eyes, a verified clinician's, read the very text that is live."""
    return bool(
        user.is_active
        and user.has_perm("guide.sign_articlerevision")
        and proposal.revision is not None
        and proposal.revision.is_live
        and is_clinician(user)
        and not proposal.is_by(user)
    )

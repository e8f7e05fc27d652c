"""Permissions of the guide: one function for each rule."""

from accounts.models import User
from accounts.permissions import is_administrator, is_clinician
from core.requests import AnyUser
from guide.models import Proposal
from guide.models.review import ARTICLE


def can_see_dashboard(user: User) -> bool:
    """Return whether the user writes, reviews or reads the guide in the admin."""
    return user.is_active and user.is_staff and user.has_perm("guide.view_article")


def can_write_guide(user: User) -> bool:
    return can_write(user, ARTICLE)


def can_review_guide(user: AnyUser) -> bool:
    """Return whether the user reviews proposals at all; can_review_proposal answers for one proposal."""
    return bool(user.is_staff and is_reviewer(user))


def can_export_guide(user: User) -> bool:
    return can_write_guide(user)


def is_reviewer(user: AnyUser) -> bool:
    """Return whether the user is an appointed reviewer who is a verified clinician at this moment, or an administrator."""
    return (
        user.is_active and user.has_perm("guide.sign_articlerevision") and bool(user.is_superuser or is_clinician(user))
    )


def can_write(user: AnyUser, model: str) -> bool:
    """Return whether the user writes proposals for this kind of page or row."""
    return bool(user.is_active and user.is_staff and user.has_perm(f"guide.change_{model}"))


def can_see_proposals(user: AnyUser) -> bool:
    """Return whether the user writes or reviews the guide, and so may see proposals and history."""
    return bool(user.is_active and user.is_staff and user.has_perm("guide.view_articlerevision"))


def can_submit_proposal(user: AnyUser, proposal: Proposal) -> bool:
    """Return whether the user may submit the proposal, or discard it."""
    return can_write(user, proposal.model)


def can_withdraw_proposal(user: AnyUser, proposal: Proposal) -> bool:
    """Return whether the user wrote or submitted it."""
    own = proposal.author_id == user.pk or proposal.was_submitted_by(user)
    return can_write(user, proposal.model) and own


def can_reschedule(user: AnyUser, proposal: Proposal) -> bool:
    """Return whether the user may stop or move a scheduled publication: every editor and reviewer may."""
    return can_write(user, proposal.model) or can_review_guide(user)


def can_review_proposal(user: AnyUser, proposal: Proposal) -> bool:
    """Return whether the user is a reviewer who neither wrote nor submitted it; that includes administrators."""
    return can_review_guide(user) and not proposal.is_by(user)


def can_publish_urgently(user: AnyUser, proposal: Proposal) -> bool:
    """Return whether the user is an editor who may publish before review."""
    return can_write(user, proposal.model) and user.has_perm("guide.publish_articlerevision")


def can_restore(user: AnyUser, proposal: Proposal) -> bool:
    """Return whether the user may restore an earlier version: an editor, or a reviewer as a brake."""
    return can_publish_urgently(user, proposal) or can_review_guide(user)


def can_withdraw_article(user: AnyUser) -> bool:
    """Return whether the user may take a page down, and bring it back: administrators only."""
    return is_administrator(user)


def can_sign_proposal(user: AnyUser, proposal: Proposal) -> bool:
    """Return whether the user may review it in their own name: a reviewer who is a verified clinician."""
    return bool(user.is_active and is_clinician(user) and can_review_proposal(user, proposal))

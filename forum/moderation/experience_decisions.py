"""Moderators' decisions on experiences. Each is one transaction that writes a log row."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import required_credential
from core import page_cache
from core.transitions import transition
from forum.models import Experience, ExperienceDecision
from forum.moderation.text_decisions import Superseded, assert_not_claimed_by_other
from forum.notifications.experiences import tell_experience_decision
from forum.permissions import can_decide_experience
from forum.publishing.queue_items import close_experience_item

State = Experience.State


@transaction.atomic
def approve_experience(experience: Experience, *, by: User, note: str = "") -> ExperienceDecision:
    """Show this version in the guide instead of the one before. Raise PermissionDenied and Superseded."""
    experience = _waiting_for_update(experience, by)
    shown = Experience.objects.filter(author=experience.author, state=State.SHOWN).first()
    if shown:
        transition(shown, State.REPLACED)
    published_at = shown.published_at if shown else timezone.now()
    transition(experience, State.SHOWN, published_at=published_at)
    page_cache.clear_on_commit()
    return _record(experience, ExperienceDecision.Action.APPROVED, by=by, note=note)


@transaction.atomic
def ask_for_changes(experience: Experience, *, by: User, reason: str, note: str) -> ExperienceDecision:
    """Return it to its author with a message. A version that is shown stays. Raise PermissionDenied and Superseded."""
    experience = _waiting_for_update(experience, by)
    transition(experience, State.CHANGES)
    return _record(experience, ExperienceDecision.Action.CHANGES, by=by, reason=reason, note=note)


@transaction.atomic
def reject_experience(experience: Experience, *, by: User, reason: str, note: str) -> ExperienceDecision:
    """Refuse to show it. A version that is shown stays. Raise PermissionDenied and Superseded."""
    experience = _waiting_for_update(experience, by)
    transition(experience, State.REJECTED)
    return _record(experience, ExperienceDecision.Action.REJECTED, by=by, reason=reason, note=note)


@transaction.atomic
def remove_experience(experience: Experience, *, by: User, reason: str, note: str) -> ExperienceDecision:
    """Take down one that is shown. Raise PermissionDenied and Superseded."""
    experience = _for_update(experience, by)
    if experience.state != State.SHOWN:
        raise Superseded(f"It is now “{experience.get_state_display()}”.")
    transition(experience, State.REMOVED)
    page_cache.clear_on_commit()
    return _record(experience, ExperienceDecision.Action.REMOVED, by=by, reason=reason, note=note)


def _for_update(experience: Experience, by: User) -> Experience:
    """Lock the author and the experience, in the order in which `withdraw_experiences` does."""
    author = User.objects.select_for_update(no_key=True).get(pk=experience.author_id)
    experience = Experience.objects.select_for_update(no_key=True).get(pk=experience.pk)
    if not can_decide_experience(by, experience):
        raise PermissionDenied
    experience.author = author
    return experience


def _waiting_for_update(experience: Experience, by: User) -> Experience:
    experience = _for_update(experience, by)
    if experience.state != State.WAITING:
        raise Superseded(f"It is now “{experience.get_state_display()}”.")
    assert_not_claimed_by_other(by, experience=experience.pk)
    return experience


def _record(
    experience: Experience, action: ExperienceDecision.Action, *, by: User, reason: str = "", note: str = ""
) -> ExperienceDecision:
    """Log a decision, close the item that it answers, and tell the author."""
    close_experience_item(experience, by)
    decision = ExperienceDecision.objects.create(
        experience=experience, action=action, by=by, credential=required_credential(by), reason=reason, note=note
    )
    tell_experience_decision(decision)
    return decision

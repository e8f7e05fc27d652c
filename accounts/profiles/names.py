"""Display names: availability, suggestions, changes, and moderators' decisions on them."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Credential, NameChange, NameClaim, User
from accounts.notifications.inbox import notify
from accounts.notifications.kinds import NAME
from accounts.permissions import can_rename
from accounts.site_settings import site_name
from accounts.text import name_rules
from core import page_cache
from core.transitions import transition

MONTH = timedelta(days=30)
State = NameChange.State
RESERVED_FOR = timedelta(days=7)  # for a sign-up that is never confirmed
TAKEN = "This name is taken, or looks too much like one that is. Choose another."
LIKE_THE_TEAM = "like our team or a clinician"
TURNED_DOWN = "a moderator turned down the previous name"
APPROVED_LATER = (
    "A moderator has to approve this name before others see it. Choose another one for now. After you sign up, you can ask "
    "for this one under “Change your name”."
)


def is_taken(name: str, *, by_other_than: User | None = None) -> bool:
    """Return whether this name, or one that looks like it, is or was ever in use."""
    key = name_rules.skeleton(name)
    claims = NameClaim.objects.filter(key__in=[key, NameClaim.hashed(key)])
    return claims.exclude(user=by_other_than).exists() if by_other_than else claims.exists()


def name_error(name: str, *, user: User | None = None) -> str:
    """Return why `user` may not take this name, as a message for them, or an empty string."""
    if problem := name_rules.format_error(name):
        return problem
    return TAKEN if is_taken(name, by_other_than=user) else ""


def public_concerns(name: str, *, user: User | None = None) -> list[str]:
    """Return why a moderator has to approve a name first. Uses only public facts, so anyone may see the answer."""
    like_team = any(name_rules.is_lookalike(name, other) for other in _protected_names(user))
    return [*name_rules.reasons_for_review(name), *([LIKE_THE_TEAM] if like_team else [])]


def _protected_names(excluding: User | None) -> list[str]:
    """Return the site's name and those of staff and clinicians, with the professional names that clinicians choose to show.

    Hidden professional names are not among them: the check would tell anyone who asks that such a person is a member.
    """
    people = User.objects.present().filter(Q(is_staff=True) | Q(credentials__in=Credential.objects.in_force()))
    clinicians = Credential.objects.in_force().filter(name_public=True).exclude(public_name="")
    if excluding:
        people, clinicians = people.exclude(pk=excluding.pk), clinicians.exclude(user=excluding)
    shown = (people.values_list("display_name", flat=True), clinicians.values_list("public_name", flat=True))
    return [site_name(), *shown[0], *shown[1]]


def signup_error(name: str) -> str:
    """Return why no one can sign up with this name: there is no older name to show while a moderator looks at it."""
    if problem := name_error(name):
        return problem
    return APPROVED_LATER if public_concerns(name) or _review().triage_concerns(name) else ""


def reserve_name(name: str) -> None:
    """Make a name unavailable without a user.

    A sign-up with a registered address does this: otherwise a name that stays free would reveal the address. It becomes
    free again when the name of an unconfirmed sign-up does.
    """
    key = name_rules.skeleton(name)
    if not is_taken(name):
        expires_at = timezone.now() + RESERVED_FOR
        NameClaim.objects.get_or_create(key=NameClaim.hashed(key), defaults={"expires_at": expires_at})


def suggestions(count: int = 3) -> list[str]:
    """Return available names to suggest."""
    found: set[str] = set()
    for _ in range(20 * count):
        name = name_rules.suggestion()
        if not is_taken(name):
            found.add(name)
        if len(found) == count:
            break
    return sorted(found)


def next_rename(user: User) -> datetime:
    """Return when the name can be changed next: at once if the last change was never shown, else 30 days after it."""
    last = user.name_changes.first()
    counts = last is not None and last.old_name and last.state in (State.SHOWN, State.APPROVED)
    return user.named_at + MONTH if counts else user.named_at


@transaction.atomic
def rename(user: User, name: str, *, by: User) -> NameChange:
    """Change the user's name at once, or ask moderators for it if it raises a concern; the old one stays reserved.

    A choice that no moderator has looked at yet is replaced. Raises PermissionDenied and ValidationError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not can_rename(by, user):
        raise PermissionDenied
    if timezone.now() < next_rename(user):
        raise ValidationError(f"You can change your name again on {timezone.localtime(next_rename(user)):%d %B %Y}.")
    if problem := name_error(name, user=user):
        raise ValidationError(problem)
    claim, _ = NameClaim.objects.get_or_create(key=name_rules.skeleton(name), defaults={"user": user})
    if claim.user_id != user.pk:  # someone else took it meanwhile
        raise ValidationError(TAKEN)
    concerns = _concerns(user, name)
    _replace_open_change(user, name)
    change = user.name_changes.create(name=name, old_name=user.display_name, concerns=concerns)
    if not concerns:
        transition(change, State.SHOWN)
        _show(user, name)
    _review().open_review(change)
    return change


@transaction.atomic
def submit_first_name(user: User) -> None:
    """Have moderators look at the name that a member chose at sign-up, unless it is one that we suggest."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if name_rules.is_suggestion(user.display_name) or user.name_changes.exists():
        return
    _review().open_review(user.name_changes.create(name=user.display_name, state=State.SHOWN))


def _concerns(user: User, name: str) -> list[str]:
    last = user.name_changes.exclude(state=State.REPLACED).first()
    turned_down = last is not None and last.state in (State.REFUSED, State.REVERTED)
    found = [*public_concerns(name, user=user), *_review().triage_concerns(name)]
    return [*found, *([TURNED_DOWN] if turned_down else [])]


def _replace_open_change(user: User, name: str) -> None:
    for change in user.name_changes.open():
        was_shown = change.state == State.SHOWN
        transition(change, State.REPLACED)
        _review().withdraw_review(change)
        if not was_shown and name_rules.skeleton(change.name) != name_rules.skeleton(name):
            _release(change)


def _release(change: NameChange) -> None:
    """Make a name that was never shown available again."""
    keys = {name_rules.skeleton(name) for name in shown_names(change.user)}
    NameClaim.objects.filter(user=change.user, key=name_rules.skeleton(change.name)).exclude(key__in=keys).delete()


def shown_names(user: User) -> set[str]:
    """Return the member's name and their former ones."""
    reverted = user.name_changes.filter(state=State.REVERTED).values_list("name", flat=True)
    return {user.display_name, *user.name_changes.values_list("old_name", flat=True), *reverted}


def _show(user: User, name: str) -> None:
    """Show a name to everyone. Guide pages have names of reviewers, so their cache is cleared."""
    user.display_name, user.named_at = name, timezone.now()
    user.save(update_fields=["display_name", "named_at"])
    page_cache.clear_on_commit()


def name_change_for_update(change: NameChange) -> NameChange:
    """Lock the member and the change, in the order in which `rename` does."""
    user = User.objects.select_for_update().get(pk=change.user_id)
    change = NameChange.objects.select_for_update().get(pk=change.pk)
    change.user = user
    return change


def approve_name(change: NameChange, **decision: Any) -> None:
    """Show a name that waits, or leave one that is shown.

    `decision`: decided_by and credential. The caller has locked the change and checked the permission. Raises IllegalTransition.
    """
    waited = change.state == State.WAITING
    transition(change, State.APPROVED, decided_at=timezone.now(), **decision)
    if waited:
        _show(change.user, change.name)
        _tell(change, "A moderator approved your new name. Others see it now.")


def turn_down_name(change: NameChange, **decision: Any) -> None:
    """Refuse a name that waits, or change one that is shown back to the one before.

    `decision`: as for `approve_name`, with reason and note.
    """
    if change.state == State.WAITING:
        transition(change, State.REFUSED, decided_at=timezone.now(), **decision)
        _release(change)
        _tell(change, "A moderator didn’t approve the name you asked for. You can choose another.")
        return
    transition(change, State.REVERTED, decided_at=timezone.now(), **decision)
    _show(change.user, change.old_name or _new_suggestion(change.user))
    _tell(change, "A moderator changed your name on this site. You can choose another.")


def _new_suggestion(user: User) -> str:
    """Claim a name for a member who had none before the one that they chose at sign-up."""
    name = suggestions(1)[0]
    NameClaim.objects.create(user=user, key=name_rules.skeleton(name))
    return name


def _tell(change: NameChange, sentence: str) -> None:
    notify(change.user, NAME.key, sentence, reverse("accounts:rename"), change.pk)


def _review() -> Any:
    """Return the module that has names reviewed. It is in the forum, which accounts can't import."""
    return import_module(settings.NAME_REVIEW)

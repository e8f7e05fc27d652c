"""Who may do what with accounts. One function, one rule; each looks the facts up when it is asked."""

from datetime import timedelta
from typing import TypeGuard

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from accounts.house_rules import RULES_VERSION
from accounts.models import Block, Credential, Evidence, Sanction, SanctionAppeal, User
from accounts.roles import LEADS, MODERATORS, REVIEWERS, VERIFIERS
from core.requests import AnyUser

POWERFUL_GROUPS = [MODERATORS, LEADS, REVIEWERS, VERIFIERS]
RENEWAL = timedelta(days=60)  # before its end a credential may be applied for anew


def can_log_in_by_password(user: User) -> bool:
    """Those who signed up here confirm their address first; those whom staff made are asked for that after the password."""
    made_by_staff = user.adult_confirmed_at is None
    return made_by_staff or EmailAddress.objects.filter(user=user, verified=True).exists()


def needs_second_factor(user: AnyUser) -> bool:
    if not user.is_authenticated:
        return False
    return user.is_staff or user.is_superuser or _is_in(user, POWERFUL_GROUPS)


def _is_in(user: User, groups: list[str]) -> bool:
    """Whether in any of them. Who was loaded for this request brought the names along (accounts/auth/backends.py)."""
    known = getattr(user, "group_names", None)
    if known is None:
        return user.groups.filter(name__in=groups).exists()
    return not set(groups).isdisjoint(known)


def credential_in_force(user: User) -> Credential | None:
    """The credential that makes this person a verified clinician just now, or None."""
    return (
        Credential.objects.in_force().filter(user=user, user__state=User.State.ACTIVE).order_by("-approved_at").first()
    )


def required_credential(user: User) -> Credential:
    """Return the credential in force under which a clinician acts. Raises PermissionDenied without one."""
    credential = credential_in_force(user)
    if credential is None:
        raise PermissionDenied
    return credential


def is_clinician(user: User) -> bool:
    return credential_in_force(user) is not None


def is_appointed(user: AnyUser) -> bool:
    """Whether staff made them a moderator: enough to show the way, never to let anybody in. No query."""
    return bool(user.is_authenticated and _is_in(user, [MODERATORS]))


def is_moderator(user: AnyUser) -> TypeGuard[User]:
    """A verified clinician whom staff appointed, and who is not suspended. The second factor is the middleware's rule."""
    if not (user.is_authenticated and user.is_active and _is_in(user, [MODERATORS])):
        return False
    return is_clinician(user) and not is_suspended(user)


def has_lapsed(user: AnyUser) -> bool:
    """Appointed as a moderator, without a credential in force: they do nothing, and may know why."""
    return user.is_authenticated and user.is_active and _is_in(user, [MODERATORS]) and not is_clinician(user)


def is_lead(user: AnyUser) -> bool:
    """A moderator whom staff made responsible for the team."""
    return user.is_authenticated and _is_in(user, [LEADS]) and is_moderator(user)


def is_suspended(user: User) -> bool:
    return user.sanctions.in_force().filter(kind__in=[Sanction.Kind.SUSPENSION, Sanction.Kind.CLOSURE]).exists()


def daily_limit(user: User) -> int | None:
    """Posts a day that a sanction leaves, or None where there is none."""
    return (
        user.sanctions.in_force()
        .filter(kind=Sanction.Kind.LIMIT)
        .order_by("posts_per_day")
        .values_list("posts_per_day", flat=True)
        .first()
    )


def can_write(user: AnyUser) -> TypeGuard[User]:
    """May put words before others at all: present, grown up, under the current rules, and not suspended."""
    return (
        user.is_authenticated
        and user.is_active
        and user.state == User.State.ACTIVE
        and user.adult_confirmed_at is not None
        and user.rules_accepted >= RULES_VERSION
        and not is_suspended(user)
    )


def can_apply_for_badge(user: User) -> bool:
    """One application at a time, and none while a credential is far from its end."""
    mine = Credential.objects.of(user)
    lasting = mine.in_force().filter(expires_at__gt=timezone.now() + RENEWAL)
    return can_write(user) and not mine.open().exists() and not lasting.exists()


def can_answer_credential(user: AnyUser, credential: Credential) -> bool:
    return can_write(user) and credential.user_id == user.pk


def can_withdraw_credential(user: AnyUser, credential: Credential) -> bool:
    """One's own, always: the suspended may take back what they said of themselves too."""
    return user.is_authenticated and credential.user_id == user.pk


def can_verify(user: AnyUser) -> bool:
    return user.is_authenticated and user.is_active and user.has_perm("accounts.verify_credential")


def can_decide_credential(user: AnyUser, credential: Credential) -> bool:
    """Nobody verifies themselves, administrators included."""
    return can_verify(user) and credential.user_id != user.pk


def can_see_evidence(user: AnyUser, evidence: Evidence) -> bool:
    return can_decide_credential(user, evidence.credential)


def can_sanction(user: AnyUser, member: User) -> bool:
    """Staff with the right, on anybody but themselves, administrators, and those who have left."""
    return (
        user.is_authenticated
        and user.is_active
        and user.has_perm("accounts.impose_sanction")
        and member.pk != user.pk
        and not member.is_superuser
        and member.state != User.State.ERASED
    )


def can_appeal_sanction(user: AnyUser, sanction: Sanction) -> bool:
    """One's own; the suspended may, or it would be no appeal."""
    return user.is_authenticated and sanction.user_id == user.pk


def can_decide_sanction_appeal(user: AnyUser, appeal: SanctionAppeal) -> bool:
    """Not by who imposed it, and not by whom it hit."""
    return can_sanction(user, appeal.sanction.user) and appeal.sanction.by_id != user.pk


def can_see_profile(user: AnyUser, member: User) -> bool:
    """A hidden profile, a former member's and one behind a block do not exist for others."""
    if user.is_authenticated and user.pk == member.pk:
        return True
    there = member.state == User.State.ACTIVE and member.is_active and member.profile_public
    return there and not (user.is_authenticated and are_blocked(user, member))


def can_block_from_profile(user: AnyUser, member: User) -> bool:
    """Only whom one can see or keeps away from already: else trying out numbers would tell the names of the hidden."""
    if not user.is_authenticated:
        return False
    known = can_see_profile(user, member) or Block.objects.filter(owner=user, other=member).exists()
    return known and can_block(user, member)


def can_block(user: AnyUser, other: User) -> bool:
    """Anybody but oneself, and only who is still here."""
    return user.is_authenticated and user.pk != other.pk and other.state != User.State.ERASED


def are_blocked(one: User, other: User) -> bool:
    """Whether either has blocked the other."""
    if one.pk == other.pk:
        return False
    either = Q(owner=one.pk, other=other.pk) | Q(owner=other.pk, other=one.pk)
    return Block.objects.filter(either, kind=Block.Kind.BLOCK).exists()

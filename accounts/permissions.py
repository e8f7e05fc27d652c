"""Permissions for accounts. One function per rule; each queries the current facts."""

from datetime import datetime, timedelta
from typing import TypeGuard

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.house_rules import has_accepted_rules
from accounts.models import Block, Credential, Evidence, Sanction, SanctionAppeal, User
from accounts.roles import LEADS, MODERATORS, REVIEWERS, VERIFIERS
from core.kept_query import KeptQuery
from core.requests import AnyUser

POWERFUL_GROUPS = [MODERATORS, LEADS, REVIEWERS, VERIFIERS]
RENEWAL = timedelta(days=60)  # before a credential expires, its owner can apply again


def _credential_in_force(user_id: int, at: datetime) -> QuerySet[Credential]:
    active = Credential.objects.in_force(at).filter(user=user_id, user__state=User.State.ACTIVE)
    return active.order_by("-approved_at")[:1]


def _suspension(user_id: int, at: datetime) -> QuerySet[Sanction]:
    return Sanction.objects.suspending(at).filter(user=user_id)[:1]


def _daily_limits(user_id: int, at: datetime) -> QuerySet[Sanction, int]:
    limits = Sanction.objects.in_force(at).filter(user=user_id, kind=Sanction.Kind.LIMIT)
    return limits.values_list("posts_per_day", flat=True)  # type: ignore[return-value]  # the kind LIMIT has a number


# Asked several times in each request of a clinician.
CREDENTIAL_IN_FORCE = KeptQuery(_credential_in_force, int, datetime)
SUSPENSION = KeptQuery(_suspension, int, datetime)


DAILY_LIMITS = KeptQuery(_daily_limits, int, datetime)


def can_log_in_by_password(user: User) -> bool:
    """Require a confirmed address of those who signed up; accounts made by staff confirm theirs after login."""
    made_by_staff = user.adult_confirmed_at is None
    return made_by_staff or EmailAddress.objects.filter(user=user, verified=True).exists()


def needs_second_factor(user: AnyUser) -> bool:
    if not user.is_authenticated:
        return False
    return user.is_staff or user.is_superuser or is_in_any(user, POWERFUL_GROUPS)


def is_administrator(user: AnyUser) -> TypeGuard[User]:
    return user.is_authenticated and user.is_active and user.is_superuser and not user.is_suspended


def is_in_any(user: User, groups: list[str]) -> bool:
    """Return whether the user is in any of the groups. The user of a request has the names already (auth/backends.py)."""
    known = getattr(user, "group_names", None)
    if known is None:
        return user.groups.filter(name__in=groups).exists()
    return not set(groups).isdisjoint(known)


def credential_in_force(user: User) -> Credential | None:
    """Return the credential that makes the user a verified clinician now, or None."""
    return next(iter(CREDENTIAL_IN_FORCE(user.pk, timezone.now())), None)


def required_credential(user: User) -> Credential:
    """Return the credential in force under which a clinician acts. Raises PermissionDenied without one."""
    credential = credential_in_force(user)
    if credential is None:
        raise PermissionDenied
    return credential


def is_clinician(user: User) -> bool:
    return credential_in_force(user) is not None


def is_appointed(user: AnyUser) -> bool:
    """Return whether the user is in the moderators group. For showing links only, never for access. No query."""
    return bool(user.is_authenticated and is_in_any(user, [MODERATORS]))


def is_moderator(user: AnyUser) -> TypeGuard[User]:
    """Return whether the user is a verified clinician, appointed by staff and not suspended.

    The middleware requires the second factor.
    """
    if not (user.is_authenticated and user.is_active and is_in_any(user, [MODERATORS])):
        return False
    return is_clinician(user) and not is_suspended(user)


def has_lapsed(user: AnyUser) -> bool:
    """Return whether the user was appointed moderator but has no credential in force, so that pages can explain."""
    return user.is_authenticated and user.is_active and is_in_any(user, [MODERATORS]) and not is_clinician(user)


def is_lead(user: AnyUser) -> bool:
    """Return whether the user is a moderator in the leads group."""
    return user.is_authenticated and is_in_any(user, [LEADS]) and is_moderator(user)


def is_suspended(user: User) -> bool:
    """Return whether the member is suspended at this moment; `User.is_suspended` can be as old as the request."""
    return bool(SUSPENSION(user.pk, timezone.now()))


def daily_limit(user: User) -> int | None:
    """Return the posts per day that a sanction allows, or None without such a sanction."""
    return min(DAILY_LIMITS(user.pk, timezone.now()), default=None)


def can_write(user: AnyUser) -> TypeGuard[User]:
    """Return whether the user may post: active, adult, has accepted the current rules, and is not suspended."""
    return can_report(user) and has_accepted_rules(user)


def can_report(user: AnyUser) -> TypeGuard[User]:
    """Return whether the user may report something. New house rules keep no one from saying that someone is in danger."""
    return (
        user.is_authenticated
        and user.is_active
        and user.state == User.State.ACTIVE
        and user.adult_confirmed_at is not None
        and not is_suspended(user)
    )


def can_rename(user: AnyUser, member: User) -> bool:
    """Allow members who may post to change their own name, which is shown on their posts."""
    return can_write(user) and user.pk == member.pk


def can_apply_for_badge(user: User) -> bool:
    """Allow one open application at a time, and none while a credential is valid beyond RENEWAL."""
    own = Credential.objects.of(user)
    lasting = own.in_force().filter(expires_at__gt=timezone.now() + RENEWAL)
    return can_write(user) and not own.open().exists() and not lasting.exists()


def can_answer_credential(user: AnyUser, credential: Credential) -> bool:
    return can_write(user) and credential.user_id == user.pk


def can_withdraw_credential(user: AnyUser, credential: Credential) -> bool:
    """Allow owners always, suspended members too: they can withdraw their own data."""
    return user.is_authenticated and credential.user_id == user.pk


def can_verify(user: AnyUser) -> bool:
    return user.is_authenticated and user.is_active and user.has_perm("accounts.verify_credential")


def can_decide_credential(user: AnyUser, credential: Credential) -> bool:
    """Allow verifiers, but never about themselves, administrators included."""
    return can_verify(user) and credential.user_id != user.pk


def can_see_evidence(user: AnyUser, evidence: Evidence) -> bool:
    return can_decide_credential(user, evidence.credential)


def can_find_people(user: AnyUser) -> bool:
    return user.is_authenticated and user.is_active and user.has_perm("accounts.view_user")


def can_sanction(user: AnyUser, member: User) -> bool:
    """Allow staff with the permission, except on themselves, administrators, and where no one has an account."""
    return (
        user.is_authenticated
        and user.is_active
        and user.has_perm("accounts.impose_sanction")
        and member.pk != user.pk
        and not member.is_superuser
        and member.state not in User.SIGNATURES
    )


def can_appoint(user: AnyUser, member: User) -> bool:
    """Allow administrators to give others a role or take it away: no one gives themselves one, and one administrator stays."""
    return is_administrator(user) and user.pk != member.pk and member.is_active and member.state == User.State.ACTIVE


def can_appeal_sanction(user: AnyUser, sanction: Sanction) -> bool:
    """Allow the sanctioned member, suspended or not."""
    return user.is_authenticated and sanction.user_id == user.pk


def can_decide_sanction_appeal(user: AnyUser, appeal: SanctionAppeal) -> bool:
    """Allow those who may sanction the member, except the person who imposed this sanction."""
    return can_sanction(user, appeal.sanction.user) and appeal.sanction.by_id != user.pk


def can_see_profile(user: AnyUser, member: User) -> bool:
    """Hide from others the profiles of former members, private profiles, and those behind a block."""
    if user.is_authenticated and user.pk == member.pk:
        return True
    visible = member.state == User.State.ACTIVE and member.is_active and member.profile_public
    return visible and not (user.is_authenticated and are_blocked(user, member))


def can_block_from_profile(user: AnyUser, member: User) -> bool:
    """Allow blocking visible or already blocked members: otherwise trying ids would reveal the names of hidden ones."""
    if not user.is_authenticated:
        return False
    known = can_see_profile(user, member) or Block.objects.filter(owner=user, other=member).exists()
    return known and can_block(user, member)


def can_block(user: AnyUser, other: User) -> bool:
    """Allow blocking any other member; there is no one to block behind a question without an account."""
    return user.is_authenticated and user.pk != other.pk and other.state not in User.SIGNATURES


def are_blocked(one: User, other: User) -> bool:
    """Return whether either user has blocked the other."""
    if one.pk == other.pk:
        return False
    either = Q(owner=one.pk, other=other.pk) | Q(owner=other.pk, other=one.pk)
    return Block.objects.filter(either, kind=Block.Kind.BLOCK).exists()

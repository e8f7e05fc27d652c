"""Display names: availability, suggestions and changes."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Credential, NameClaim, User
from accounts.text import name_rules

MONTH = timedelta(days=30)
RESERVED_FOR = timedelta(days=7)  # for a sign-up that is never confirmed
TAKEN = "This name is taken, or looks too much like one that is. Choose another."


def is_taken(name: str, *, by_other_than: User | None = None) -> bool:
    """Return whether this name, or one that looks like it, is or was ever in use."""
    key = name_rules.skeleton(name)
    claims = NameClaim.objects.filter(key__in=[key, NameClaim.hashed(key)])
    return claims.exclude(user=by_other_than).exists() if by_other_than else claims.exists()


def name_error(name: str, *, user: User | None = None) -> str:
    """Return why `user` may not take this name, as a message for them, or an empty string."""
    if problem := name_rules.format_error(name):
        return problem
    if is_taken(name, by_other_than=user):
        return TAKEN
    if any(name_rules.is_lookalike(name, other) for other in _protected_names(user)):
        return "This name looks like one of our team or a verified clinician. Choose another."
    return ""


def _protected_names(excluding: User | None) -> list[str]:
    """Return the names of staff and clinicians, with clinicians' public professional names."""
    people = User.objects.present().filter(Q(is_staff=True) | Q(credentials__in=Credential.objects.in_force()))
    clinicians = Credential.objects.in_force().exclude(public_name="")
    if excluding:
        people, clinicians = people.exclude(pk=excluding.pk), clinicians.exclude(user=excluding)
    return [*people.values_list("display_name", flat=True), *clinicians.values_list("public_name", flat=True)]


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
    """Return when the name can be changed next: the first time at once, then every 30 days."""
    return user.named_at + MONTH if user.names.count() > 1 else user.named_at


@transaction.atomic
def rename(user: User, name: str, *, by: User) -> None:
    """Change the user's name; the old one stays reserved for them. Raises ValidationError."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if by.pk == user.pk and timezone.now() < next_rename(user):
        raise ValidationError(f"You can change your name again on {next_rename(user):%d %B %Y}.")
    if problem := name_error(name, user=user):
        raise ValidationError(problem)
    claim, _ = NameClaim.objects.get_or_create(key=name_rules.skeleton(name), defaults={"user": user})
    if claim.user_id != user.pk:  # someone else took it meanwhile
        raise ValidationError(TAKEN)
    user.display_name, user.named_at = name, timezone.now()
    user.save(update_fields=["display_name", "named_at"])

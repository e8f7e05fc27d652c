"""Taking and changing the name that others see."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Credential, NameClaim, User
from accounts.text import name_rules

MONTH = timedelta(days=30)
TAKEN = "This name is taken, or looks like one that is. Please choose another."


def is_taken(name: str, *, by_other_than: User | None = None) -> bool:
    """Whether somebody has, or ever had, this name or one that looks like it."""
    key = name_rules.skeleton(name)
    claims = NameClaim.objects.filter(key__in=[key, NameClaim.sealed(key)])
    return claims.exclude(user=by_other_than).exists() if by_other_than else claims.exists()


def why_not(name: str, *, user: User | None = None) -> str:
    """Why somebody may not take this name, in a sentence for them; empty when they may."""
    if problem := name_rules.fault(name):
        return problem
    if is_taken(name, by_other_than=user):
        return TAKEN
    if any(name_rules.imitates(name, other) for other in _weighty_names(user)):
        return "This name could be taken for one of the team or for a verified clinician."
    return ""


def _weighty_names(but: User | None) -> list[str]:
    """The names of staff and of clinicians, the public professional ones included."""
    people = User.objects.present().filter(Q(is_staff=True) | Q(credentials__in=Credential.objects.in_force()))
    clinicians = Credential.objects.in_force().exclude(public_name="")
    if but:
        people, clinicians = people.exclude(pk=but.pk), clinicians.exclude(user=but)
    return [*people.values_list("display_name", flat=True), *clinicians.values_list("public_name", flat=True)]


def withhold(name: str) -> None:
    """Use a name up without a person, as a sign-up with a known address does: or free names would tell which addresses are."""
    key = name_rules.skeleton(name)
    if not is_taken(name):
        NameClaim.objects.get_or_create(key=NameClaim.sealed(key))


def suggestions(count: int = 3) -> list[str]:
    """Free names to offer."""
    found: set[str] = set()
    for _ in range(20 * count):
        name = name_rules.suggestion()
        if not is_taken(name):
            found.add(name)
        if len(found) == count:
            break
    return sorted(found)


def next_rename(user: User) -> datetime:
    """From when on the name may be changed: the first time at once, then once in a month."""
    return user.named_at + MONTH if user.names.count() > 1 else user.named_at


@transaction.atomic
def rename(user: User, name: str, *, by: User) -> None:
    """Give the user another name; the old one stays theirs. Raises ValidationError when the rule or the month says no."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if by.pk == user.pk and timezone.now() < next_rename(user):
        raise ValidationError(f"You can change your name again from {next_rename(user):%d %B %Y} on.")
    if problem := why_not(name, user=user):
        raise ValidationError(problem)
    claim, _ = NameClaim.objects.get_or_create(key=name_rules.skeleton(name), defaults={"user": user})
    if claim.user_id != user.pk:  # somebody was quicker
        raise ValidationError(TAKEN)
    user.display_name, user.named_at = name, timezone.now()
    user.save(update_fields=["display_name", "named_at"])

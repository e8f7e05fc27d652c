"""Delete sign-ups whose address was never confirmed: it may be someone else's."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import NameClaim, User
from accounts.models.users import UserQuerySet
from accounts.profiles.names import RESERVED_FOR


def delete_unconfirmed_signups() -> int:
    """Delete unconfirmed sign-ups after a week, with their names, and return how many.

    Names that were reserved by sign-ups with a registered address become free at the same age. Otherwise a name that stays
    taken would reveal the address.
    """
    NameClaim.objects.filter(expires_at__lte=timezone.now()).delete()
    return sum(_delete_one(pk) for pk in list(_due().values_list("pk", flat=True)))


def _due() -> UserQuerySet:
    """Return sign-ups a week old without a confirmed address. They never logged in. Accounts made by staff don't count."""
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    signed_up = User.objects.present().filter(
        adult_confirmed_at__isnull=False, date_joined__lte=timezone.now() - RESERVED_FOR
    )
    return signed_up.filter(~Exists(confirmed), last_login=None, is_staff=False).order_by("pk")


@transaction.atomic
def _delete_one(pk: int) -> bool:
    User.objects.select_for_update().get(pk=pk)
    user = _due().filter(pk=pk).first()
    if user is None:  # confirmed since the list was made
        return False
    user.names.all().delete()
    user.delete()
    return True

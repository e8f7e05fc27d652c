from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.core.management.base import BaseCommand
from django.db import transaction

ENCRYPTED = {Authenticator.Type.TOTP: ["secret"], Authenticator.Type.RECOVERY_CODES: ["seed", "migrated_codes"]}


class Command(BaseCommand):
    help = "Encrypt all second factors with the first of SECOND_FACTOR_KEYS, so that the others can be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        numbers = list(Authenticator.objects.filter(type__in=ENCRYPTED).order_by("pk").values_list("pk", flat=True))
        for number in numbers:
            self._reencrypt(number)
        self.stdout.write(f"{len(numbers)} second factors are encrypted with the first key.")

    @transaction.atomic
    def _reencrypt(self, number: int) -> None:
        """Lock the row, since its owner may be using a recovery code now."""
        factor = Authenticator.objects.select_for_update().filter(pk=number).first()
        if factor is None:
            return
        for name in ENCRYPTED[factor.type]:
            if name in factor.data:
                factor.data[name] = _again(factor.data[name])
        factor.save(update_fields=["data"])


def _again(value: str | list[str]) -> str | list[str]:
    return [encrypt(decrypt(each)) for each in value] if isinstance(value, list) else encrypt(decrypt(value))

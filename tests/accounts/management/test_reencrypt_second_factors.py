"""The procedure of docs/operations.md for a new SECOND_FACTOR_KEYS, step by step."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from cryptography.fernet import InvalidToken
from django.core.management import call_command
from django.utils import timezone

pytestmark = pytest.mark.django_db
OLD, NEW = "old" * 20, "new" * 20


def factors(user):
    totp = Authenticator.objects.get(user=user, type="totp").wrap()
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap()
    return totp, codes


def test_a_key_is_changed_without_anyone_losing_their_second_factor(maya, settings, capsys):
    settings.SECOND_FACTOR_KEYS = [OLD]
    secret = generate_totp_secret()
    TOTP.activate(maya, secret)
    RecoveryCodes.activate(maya)
    codes = factors(maya)[1].get_unused_codes()

    settings.SECOND_FACTOR_KEYS = [NEW, OLD]
    call_command("reencrypt_second_factors")
    assert capsys.readouterr().out == "2 second factors are encrypted with the first key.\n"

    settings.SECOND_FACTOR_KEYS = [NEW]
    totp, recovery = factors(maya)
    assert totp.validate_code(format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30)))
    assert recovery.get_unused_codes() == codes


def test_without_that_step_the_old_key_is_still_needed(maya, settings):
    settings.SECOND_FACTOR_KEYS = [OLD]
    RecoveryCodes.activate(maya)
    settings.SECOND_FACTOR_KEYS = [NEW]
    with pytest.raises(InvalidToken):
        factors_of_codes(maya)


def factors_of_codes(user):
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()

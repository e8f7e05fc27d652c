from datetime import timedelta

import pytest

from accounts.auth.unconfirmed_signups import delete_unconfirmed_signups
from accounts.models import NameClaim, User
from accounts.profiles.names import is_taken
from tests.accounts.login_steps import enter, last_code, sign_up

WEEK = timedelta(days=7)


def week_passes():
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(date_joined=user.date_joined - WEEK)
    for claim in NameClaim.objects.exclude(expires_at=None):
        NameClaim.objects.filter(pk=claim.pk).update(expires_at=claim.expires_at - WEEK)


def test_an_unconfirmed_sign_up_is_deleted_after_a_week_with_its_name_and_addresses(client, maya, elif_):
    sign_up(client, "stranger@example.org", "Quiet Heron")
    assert (delete_unconfirmed_signups(), is_taken("Quiet Heron")) == (0, True)
    week_passes()
    assert (delete_unconfirmed_signups(), is_taken("Quiet Heron")) == (1, False)
    assert set(User.objects.values_list("email", flat=True)) == {maya.email, elif_.email}


def test_a_confirmed_sign_up_stays(client, db):
    sign_up(client, "wren@example.org", "Quiet Heron")
    enter(client, "account_email_verification_sent", last_code("wren@example.org"))
    week_passes()
    assert delete_unconfirmed_signups() == 0
    assert User.objects.get().email == "wren@example.org"


@pytest.mark.parametrize("address", ["maya@example.org", "stranger@example.org"])
def test_a_name_becomes_free_after_a_week_whether_or_not_the_address_was_registered(client, maya, address):
    sign_up(client, address, "Quiet Heron")
    assert is_taken("Quiet Heron")
    week_passes()
    delete_unconfirmed_signups()
    assert not is_taken("Quiet Heron")

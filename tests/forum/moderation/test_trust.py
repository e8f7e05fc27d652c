import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.utils import timezone

from accounts.models import User
from forum.models import Trust
from forum.moderation.trust import end_trust, give_trust


def test_trust_can_be_given_ended_and_given_again_and_all_rows_are_kept(maya, dr_lind, dr_okafor):
    first = give_trust(maya, by=dr_lind, reason="Kind for a year.")
    assert give_trust(maya, by=dr_okafor, reason="Too.") == first
    end_trust(maya, by=dr_okafor)
    give_trust(maya, by=dr_lind, reason="Kind again.")
    rows = Trust.objects.order_by("pk").values_list("by", "reason", "ended_by")
    assert list(rows) == [
        (dr_lind.pk, "Kind for a year.", dr_okafor.pk),
        (dr_lind.pk, "Kind again.", None),
    ]


@pytest.mark.parametrize("attempt", [lambda: Trust.objects.all().delete(), lambda: Trust.objects.update(reason="x")])
def test_the_database_refuses_to_change_or_delete_trust(maya, dr_lind, attempt):
    give_trust(maya, by=dr_lind, reason="Kind for a year.")
    with pytest.raises(InternalError), transaction.atomic():
        attempt()


@pytest.mark.parametrize("action", [lambda m, by: give_trust(m, by=by, reason="r"), lambda m, by: end_trust(m, by=by)])
def test_only_moderators_can_give_and_end_trust_and_not_their_own(maya, noah, elif_, dr_lind, action):
    for member, by in ((maya, noah), (maya, maya), (maya, elif_), (dr_lind, dr_lind)):
        with pytest.raises(PermissionDenied):
            action(member, by)
    dr_lind.credentials.update(expires_at=timezone.now())
    with pytest.raises(PermissionDenied):
        action(maya, dr_lind)


def test_an_erased_member_cannot_be_trusted(maya, dr_lind):
    User.objects.filter(pk=maya.pk).update(state="erased")
    with pytest.raises(PermissionDenied):
        give_trust(maya, by=dr_lind, reason="r")

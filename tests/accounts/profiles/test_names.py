from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import NameClaim, User
from accounts.profiles import names


def month_ago(user):
    User.objects.filter(pk=user.pk).update(named_at=timezone.now() - timedelta(days=31))
    user.refresh_from_db()


def test_a_name_changes_at_once_and_then_once_a_month(maya):
    names.rename(maya, "Calm Plover", by=maya)
    maya.refresh_from_db()
    assert maya.display_name == "Calm Plover"
    assert names.next_rename(maya) == maya.named_at + timedelta(days=30)
    with pytest.raises(ValidationError, match="again on"):
        names.rename(maya, "Soft Wren", by=maya)
    month_ago(maya)
    names.rename(maya, "Soft Wren", by=maya)


def test_an_old_name_is_never_anothers_but_may_be_taken_back(maya, noah):
    names.rename(maya, "Calm Plover", by=maya)
    assert names.name_error("Maya", user=noah) == names.TAKEN
    assert names.name_error("MAYA", user=maya) == ""


@pytest.mark.parametrize(
    "name", ["m a y a", "Мaya", "Mаyа", "maya@example.org", "0171 2345678", "Dr Heron", "Moderator", "ab"]
)
def test_forbidden_names_are_refused(name, maya, noah):
    assert names.name_error(name, user=noah) != ""


def test_no_name_like_that_of_staff_or_a_clinician(dr_okafor, elif_, noah):
    assert "team" in names.name_error("Dr 0kafor", user=noah)
    assert "team" in names.name_error("The Dr Okafor", user=noah)
    assert names.name_error("Elіf", user=noah)  # with a Cyrillic letter


def test_of_two_members_who_take_a_name_the_first_gets_it(maya, noah, monkeypatch):
    monkeypatch.setattr(names, "name_error", lambda *args, **kwargs: "")
    with pytest.raises(ValidationError, match="taken"):
        names.rename(noah, "Maya", by=noah)


def test_a_reserved_name_has_no_owner_and_is_stored_hashed(db):
    names.reserve_name("Quiet Heron")
    names.reserve_name("Quiet Heron")
    claim = NameClaim.objects.get()
    assert (claim.user, "quiet" in claim.key) == (None, False)
    assert names.name_error("quiet  heron") != "" or names.is_taken("quiet heron")


def test_offered_names_are_free_and_three(db):
    offered = names.suggestions()
    assert len(set(offered)) == 3
    assert [names.name_error(name) for name in offered] == ["", "", ""]

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Credential, NameChange, NameClaim, Notification, Sanction, User
from accounts.permissions import credential_in_force
from accounts.profiles import names
from accounts.text import name_rules
from tests.accounts.names import ACCEPTED, NEED_REVIEW, month_ago


def decided(by):
    return {"decided_by": by, "credential": credential_in_force(by)}


def shown_name(user):
    return User.objects.get(pk=user.pk).display_name


def test_a_name_changes_at_once_and_then_once_a_month(maya):
    assert names.rename(maya, "Calm Plover", by=maya).state == "shown"
    maya.refresh_from_db()
    assert maya.display_name == "Calm Plover"
    assert (names.next_rename(maya) - maya.named_at).days == 30
    with pytest.raises(ValidationError, match="again on"):
        names.rename(maya, "Soft Wren", by=maya)
    month_ago(maya)
    names.rename(maya, "Soft Wren", by=maya)
    assert list(maya.name_changes.values_list("name", "state")) == [("Soft Wren", "shown"), ("Calm Plover", "replaced")]


@pytest.mark.parametrize("name", NEED_REVIEW)
def test_a_name_that_raises_a_concern_waits_and_the_old_one_stays(name, maya):
    change = names.rename(maya, name, by=maya)
    assert (change.state, shown_name(maya)) == ("waiting", "Maya")
    assert change.concerns
    assert names.signup_error(name) != ""


@pytest.mark.parametrize("name", ACCEPTED)
def test_names_of_the_whole_world_show_at_once(name, maya):
    stored = name_rules.normalized(name)
    assert names.name_error(stored, user=maya) == ""
    assert names.rename(maya, stored, by=maya).concerns == []
    assert shown_name(maya) == stored


def test_different_vowels_make_different_names(maya, noah):
    names.rename(maya, "मीरा", by=maya)
    assert names.name_error("मारी", user=noah) == ""
    assert names.name_error("मीरा", user=noah) == names.TAKEN


def test_a_clinicians_name_is_looked_at_also_without_its_title(dr_okafor, elif_, noah):
    for name in ("0kafor", "Okafor Helps", "Okafor", "The Dr Okafor"):
        assert names.LIKE_THE_TEAM in names.public_concerns(name, user=noah)
    assert names.name_error("Elіf", user=noah)  # with a Cyrillic letter
    assert names.name_error("Dr 0kafor", user=noah) == names.TAKEN


def test_hidden_professional_names_make_no_difference_to_the_check(dr_okafor, noah):
    Credential.objects.update(public_name="Dr. Realname Clinx", name_public=False)
    assert names.public_concerns("Realname Clinx", user=noah) == []
    Credential.objects.update(name_public=True)
    assert names.public_concerns("Realname Clinx", user=noah) == [names.LIKE_THE_TEAM]


@pytest.mark.parametrize("sanction", ["suspension", "closure"])
def test_suspended_and_closed_accounts_cannot_rename(sanction, maya, vera):
    Sanction.objects.create(user=maya, kind=sanction, reason="r", message="m", by=vera)
    with pytest.raises(PermissionDenied):
        names.rename(maya, "Calm Plover", by=maya)


def test_no_one_renames_another_member(maya, noah):
    with pytest.raises(PermissionDenied):
        names.rename(maya, "Calm Plover", by=noah)


def test_another_choice_replaces_a_waiting_name_and_frees_it(maya, noah):
    names.rename(maya, "Nurse Anna", by=maya)
    assert names.is_taken("Nurse Anna")
    names.rename(maya, "Calm Plover", by=maya)
    assert shown_name(maya) == "Calm Plover"
    assert not names.is_taken("Nurse Anna")
    assert list(maya.name_changes.values_list("state", flat=True)) == ["shown", "replaced"]


def test_an_approved_name_is_shown_and_the_member_is_told(maya, dr_okafor):
    change = names.rename(maya, "Nurse Anna", by=maya)
    names.approve_name(change, **decided(dr_okafor))
    assert shown_name(maya) == "Nurse Anna"
    told = Notification.objects.get(recipient=maya)
    assert (told.kind, "Nurse" in told.sentence) == ("name", False)


def test_after_a_refusal_the_next_name_can_be_chosen_at_once_but_waits(maya, dr_okafor):
    change = names.rename(maya, "Nurse Anna", by=maya)
    names.turn_down_name(change, reason="role", **decided(dr_okafor))
    assert (shown_name(maya), names.is_taken("Nurse Anna")) == ("Maya", False)
    following = names.rename(maya, "Calm Plover 5", by=maya)
    assert (following.state, following.concerns) == ("waiting", [names.TURNED_DOWN])


def test_a_shown_name_is_changed_back_in_one_act(maya, dr_okafor):
    change = names.rename(maya, "Sunny Hill Clown", by=maya)
    maya.refresh_from_db()
    change.user = maya
    names.turn_down_name(change, reason="hurts", note="Please no clowns.", **decided(dr_okafor))
    assert shown_name(maya) == "Maya"
    assert names.next_rename(maya) <= User.objects.get(pk=maya.pk).named_at
    assert names.is_taken("Sunny Hill Clown")


def test_a_name_from_sign_up_is_changed_to_one_that_we_make_up(maya, dr_okafor):
    names.submit_first_name(maya)
    change = maya.name_changes.get()
    change.user = maya
    names.turn_down_name(change, reason="identifies", **decided(dr_okafor))
    assert name_rules.is_suggestion(shown_name(maya))


def test_a_name_that_we_suggest_is_not_looked_at(maya):
    User.objects.filter(pk=maya.pk).update(display_name="Quiet Heron")
    names.submit_first_name(maya)
    assert not NameChange.objects.exists()


def test_an_old_name_is_never_anothers_but_may_be_taken_back(maya, noah):
    names.rename(maya, "Calm Plover", by=maya)
    assert names.name_error("Maya", user=noah) == names.TAKEN
    assert names.name_error("MAYA", user=maya) == ""


@pytest.mark.parametrize("name", ["m a y a", "Мaya", "Mаyа", "maya@example.org", "0171 2345678", "Moderator", "ab"])
def test_forbidden_names_are_refused(name, maya, noah):
    assert names.name_error(name, user=noah) != ""


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
    assert [names.signup_error(name) for name in offered] == ["", "", ""]

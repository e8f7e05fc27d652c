import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import NameChange, User
from accounts.privacy.account_deletion import request_deletion
from accounts.privacy.erasure import erase
from accounts.profiles import names as profile_names
from forum.models import ItemView, Lane, PendingAction, ReviewItem
from forum.moderation.name_decisions import approve_name, turn_down_name
from forum.moderation.text_decisions import Superseded
from forum.publishing.requeue import find_queue_faults, repair_queue
from forum.triage import rule_store
from tests.forum.conftest import let_undo_run_out


def item_of(member):
    return ReviewItem.objects.get(kind="name", member=member, state="open")


def act(client, item, name, **fields):
    data = {f"{name}-{key}": value for key, value in fields.items()}
    return client.post(reverse("forum:item-action", args=[item.pk, name]), data)


def shown_name(member):
    return User.objects.get(pk=member.pk).display_name


@pytest.mark.parametrize("name,lane", [("Sunny Hill Clown", Lane.GREEN), ("Nurse Anna", Lane.AMBER)])
def test_every_new_name_is_in_the_queue(name, lane, maya):
    profile_names.rename(maya, name, by=maya)
    assert item_of(maya).lane == lane
    assert find_queue_faults() == []


def test_a_name_about_danger_is_red_and_waits(maya):
    rule_store.load()
    change = profile_names.rename(maya, "I want to end my life", by=maya)
    assert (change.state, item_of(maya).lane) == ("waiting", Lane.RED)
    profile_names.rename(maya, "Calm Plover", by=maya)
    red = ReviewItem.objects.get(name_change=change)
    assert (red.state, red.author_did, shown_name(maya)) == ("open", "changed", "Calm Plover")


def test_a_moderator_reads_the_concern_and_approves(client, maya, dr_okafor):
    profile_names.rename(maya, "Nurse Anna", by=maya)
    item = item_of(maya)
    client.force_login(dr_okafor)
    assert "Name: “Nurse Anna”" in client.get(reverse("forum:review-queue")).content.decode()
    page = client.get(reverse("forum:review-item", args=[item.pk])).content.decode()
    assert "Others still see “Maya”." in page
    assert "<li>a profession</li>" in page
    assert act(client, item, "approve-name").status_code == 302
    assert (shown_name(maya), let_undo_run_out()) == ("Maya", 1)
    item.refresh_from_db()
    assert (shown_name(maya), item.state, item.closed_by) == ("Nurse Anna", "closed", dr_okafor)


def test_a_moderator_changes_a_name_back_with_a_reason(client, maya, dr_okafor):
    profile_names.rename(maya, "Sunny Hill Clown", by=maya)
    item = item_of(maya)
    client.force_login(dr_okafor)
    assert b"Choose a reason" in act(client, item, "revert-name").content
    assert shown_name(maya) == "Sunny Hill Clown"
    act(client, item, "revert-name", reason="hurts", note="Please.")
    assert (shown_name(maya), let_undo_run_out()) == ("Sunny Hill Clown", 1)
    change = NameChange.objects.get()
    assert (shown_name(maya), change.state, change.decided_by) == ("Maya", "reverted", dr_okafor)
    assert change.credential.user == dr_okafor


def test_no_moderator_decides_on_their_own_name(dr_okafor, dr_lind):
    profile_names.rename(dr_okafor, "Nurse Anna", by=dr_okafor)
    with pytest.raises(PermissionDenied):
        approve_name(item_of(dr_okafor), by=dr_okafor)
    approve_name(item_of(dr_okafor), by=dr_lind)


def test_the_second_of_two_decisions_comes_too_late(maya, dr_okafor, dr_lind):
    profile_names.rename(maya, "Nurse Anna", by=maya)
    item = item_of(maya)
    turn_down_name(item, by=dr_okafor, reason="role")
    with pytest.raises(Superseded):
        approve_name(item, by=dr_lind)


def test_a_replaced_name_leaves_the_queue_and_a_missing_item_is_repaired(maya):
    profile_names.rename(maya, "Nurse Anna", by=maya)
    profile_names.rename(maya, "Doctor Anna", by=maya)
    assert item_of(maya).name_change.name == "Doctor Anna"
    ReviewItem.objects.update(state="closed")
    assert len(repair_queue()) == 1
    assert item_of(maya).lane == Lane.AMBER


def test_erasure_clears_the_names_and_their_items(maya):
    profile_names.rename(maya, "Nurse Anna", by=maya)
    request_deletion(maya, posts_choice="leave")
    erase(User.objects.get(pk=maya.pk))
    assert NameChange.objects.values_list("name", "old_name", "state").get() == ("", "", "replaced")
    assert not ReviewItem.objects.filter(state="open").exists()


def test_names_that_a_moderator_opened_are_approved_in_bulk_and_the_approval_can_be_undone(
    client, maya, noah, vera, dr_okafor
):
    for member, name in [(maya, "Sunny Hill Clown"), (noah, "Calm Plover"), (vera, "Nurse Anna")]:
        profile_names.rename(member, name, by=member)
    opened, unopened, amber = map(item_of, [maya, noah, vera])
    for item in (opened, amber):
        ItemView.objects.create(item=item, by=dr_okafor)
    client.force_login(dr_okafor)
    queue = client.get(reverse("forum:review-queue")).content.decode()
    assert [f'name="item" value="{item.pk}"' in queue for item in (opened, unopened, amber)] == [True, False, False]
    page = client.post(
        reverse("forum:bulk-approve"), {"item": [opened.pk, unopened.pk, amber.pk]}, follow=True
    ).content.decode()
    assert "“Calm Plover” was not approved: open it first." in page
    pending = PendingAction.objects.get()
    assert (pending.item, pending.action) == (opened, "keep-name")
    client.post(reverse("forum:undo", args=[pending.pk]))
    opened.refresh_from_db()
    assert (let_undo_run_out(), opened.state) == (0, "open")
    client.post(reverse("forum:bulk-approve"), {"item": [opened.pk]})
    assert let_undo_run_out() == 1
    opened.refresh_from_db()
    assert (opened.state, opened.closed_by, shown_name(maya)) == ("closed", dr_okafor, "Sunny Hill Clown")

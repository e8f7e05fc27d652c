import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.urls import reverse

from accounts.models import Notification
from forum.experiences.offers import offer_experience
from forum.models import Experience, ExperienceDecision, ReviewItem
from forum.moderation.experience_decisions import (
    approve_experience,
    ask_for_changes,
    reject_experience,
    remove_experience,
)
from forum.moderation.help_card_subjects import kind_by_triage
from forum.moderation.help_cards import close_help_cards, send_help_card
from forum.moderation.text_decisions import Superseded
from forum.publishing.experiences import withdraw_experiences
from forum.triage import rule_store
from tests.forum.conftest import STORY, let_undo_run_out


@pytest.fixture
def item(maya):
    return offer_experience(STORY, by=maya).review_items.get()


def act(client, item, name, **fields):
    data = {f"{name}-{key}": value for key, value in fields.items()}
    return client.post(reverse("forum:item-action", args=[item.pk, name]), data)


def sentences(member):
    told = Notification.objects.filter(recipient=member, kind="my-post").order_by("pk")
    return list(told.values_list("sentence", flat=True))


def test_a_moderator_reads_the_story_and_its_answers_and_approves(client, item, maya, dr_okafor):
    client.force_login(dr_okafor)
    assert "Experience of Maya" in client.get(reverse("forum:review-queue")).content.decode()
    page = client.get(reverse("forum:review-item", args=[item.pk])).content.decode()
    for words in (STORY.text, "told by “A member”", "Tablets only before drinking", "Written for the guide."):
        assert words in page
    assert act(client, item, "approve-experience", note="Thank you.").status_code == 302
    assert (list(Experience.objects.public()), let_undo_run_out()) == ([], 1)
    decision = ExperienceDecision.objects.get()
    assert (decision.action, decision.by, decision.note) == ("approved", dr_okafor, "Thank you.")
    item.refresh_from_db()
    assert (Experience.objects.public().get(), item.state, item.closed_by) == (item.experience, "closed", dr_okafor)
    assert sentences(maya) == ["Your experience was published."]


@pytest.mark.parametrize(
    ("name", "state", "sentence"),
    [
        ("change-experience", "changes", "A moderator asked you to change something in your experience."),
        ("reject-experience", "rejected", "A moderator decided not to publish your experience."),
    ],
)
def test_a_moderator_sends_a_story_back_or_refuses_it_with_words(client, item, maya, dr_okafor, name, state, sentence):
    client.force_login(dr_okafor)
    assert act(client, item, name, note="Please.").status_code == 200  # a reason is missing
    act(client, item, name, reason="dose", note="Leave out the amount.")
    assert let_undo_run_out() == 1
    assert (Experience.objects.get().state, sentences(maya)) == (state, [sentence])
    client.force_login(maya)
    assert "Leave out the amount." in client.get(reverse("forum:my-experience")).content.decode()


def test_a_changed_story_is_read_beside_what_was_told_and_asked_for_before(client, tell, maya, dr_okafor, dr_lind):
    tell(maya, "Zebras at noon.")
    sent_back = tell(maya, "Zebras and an amount.", public=False)
    ask_for_changes(sent_back, by=dr_lind, reason="dose", note="Leave out the amount.")
    item = tell(maya, "Zebras at night.", public=False).review_items.get()
    client.force_login(dr_okafor)
    page = client.get(reverse("forum:review-item", args=[item.pk])).content.decode()
    for words in (
        "Zebras at night.",
        "Leave out the amount.",
        "Zebras and an amount.",
        "shown in the guide",
        "Zebras at noon.",
    ):
        assert words in page


def test_a_help_card_for_who_tells_of_danger_keeps_the_item_until_two_clinicians_have_closed_it(
    tell, maya, dr_okafor, dr_lind
):
    rule_store.load()
    item = tell(maya, "It did nothing. I want to kill myself tonight.", public=False).review_items.get()
    assert kind_by_triage(item) == "self-harm"
    send_help_card(maya, by=dr_okafor, kind="self-harm", country="US", item=item)
    reject_experience(item.experience, by=dr_okafor, reason="danger", note="You matter more than this page.")
    assert ReviewItem.objects.open().get() == item
    close_help_cards(item, by=dr_okafor)
    assert ReviewItem.objects.open().get() == item
    close_help_cards(item, by=dr_lind)
    assert ReviewItem.objects.open().count() == 0


def test_no_moderator_decides_on_their_own_story(tell, dr_okafor, dr_lind):
    own = tell(dr_okafor, public=False)
    with pytest.raises(PermissionDenied):
        approve_experience(own, by=dr_okafor)
    approve_experience(own, by=dr_lind)
    with pytest.raises(PermissionDenied):
        remove_experience(own, by=dr_okafor, reason="dose", note="")
    decided = {"by": dr_okafor, "credential": dr_okafor.credentials.get()}
    with pytest.raises(InternalError, match="their own experience"), transaction.atomic():
        ExperienceDecision.objects.create(experience=own, action="approved", **decided)


def test_the_second_of_two_decisions_comes_too_late(item, dr_okafor, dr_lind):
    reject_experience(item.experience, by=dr_okafor, reason="dose", note="No.")
    with pytest.raises(Superseded, match="not published"):
        approve_experience(item.experience, by=dr_lind)


def test_a_withdrawn_story_cannot_be_approved_anymore(item, maya, dr_okafor):
    withdraw_experiences(maya)
    with pytest.raises(Superseded, match="withdrawn"):
        approve_experience(item.experience, by=dr_okafor)
    item.refresh_from_db()
    assert item.state == "closed"


def test_a_moderator_takes_a_shown_story_down_and_its_author_can_send_another(client, tell, maya, dr_okafor):
    shown = tell(maya)
    client.force_login(dr_okafor)
    page = client.get(reverse("experiences")).content.decode()
    address = reverse("forum:remove-experience", args=[shown.pk])
    assert f'href="{address}"' in page
    assert client.post(address, {"note": "No."}).status_code == 200
    assert client.post(address, {"reason": "dose", "note": "No amounts."}).status_code == 302
    assert list(Experience.objects.public()) == []
    assert sentences(maya)[-1] == "A moderator removed your experience."
    assert client.get(address).status_code == 404
    assert tell(maya, "Another.").state == "shown"


def test_changes_asked_for_are_logged_with_the_credential(item, dr_okafor):
    decision = ask_for_changes(item.experience, by=dr_okafor, reason="dose", note="Please.")
    assert decision.credential == dr_okafor.credentials.get()
    assert ReviewItem.objects.open().count() == 0

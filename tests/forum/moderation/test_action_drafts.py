"""What moderators type on a review item is kept until they send it, and nothing is lost to a conflict."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.models import ActionDraft, PendingAction, ReviewItem
from forum.moderation import claims
from forum.moderation.action_drafts import delete_old_drafts
from forum.personal_data import erase
from forum.text.markdown import MAX_CHARACTERS
from tests.forum.conftest import let_undo_run_out

NOTE = "Please ask your prescriber before you change anything."


@pytest.fixture
def item(say, maya):
    return ReviewItem.objects.get(post=say(maya, "Words.", public=False))


@pytest.fixture
def desk(client, dr_okafor):
    client.force_login(dr_okafor)
    return client


def draft_url(item, name):
    return reverse("forum:action-draft-fragment", args=[item.pk, name])


def page(client, item):
    return client.get(reverse("forum:review-item", args=[item.pk])).content.decode()


def test_what_is_typed_is_on_the_page_again_for_its_writer_only(desk, item, dr_lind):
    assert desk.post(draft_url(item, "changes"), {"changes-reason": "dose", "changes-note": NOTE}).status_code == 204
    html = page(desk, item)
    assert NOTE in html
    assert '<option value="dose" selected' in html
    assert 'id="action-changes" name="action" data-key="c" open' in html
    desk.force_login(dr_lind)
    assert NOTE not in page(desk, item)


def test_each_action_has_one_draft_and_an_emptied_one_is_deleted(desk, item):
    for typed in ("Please", NOTE):
        desk.post(draft_url(item, "note"), {"note-clinical": typed})
    assert ActionDraft.objects.get().data == {"clinical": NOTE}
    desk.post(draft_url(item, "note"), {"note-clinical": ""})
    assert not ActionDraft.objects.exists()


def test_the_hidden_key_of_an_answer_is_not_a_draft(desk, item):
    desk.post(draft_url(item, "answer"), {"answer-key": "0b6f5cd6-0000-4000-8000-000000000000", "answer-body": ""})
    assert not ActionDraft.objects.exists()


def test_sending_deletes_the_draft_and_an_undo_brings_the_text_back(desk, item):
    desk.post(draft_url(item, "note"), {"note-clinical": "Half a"})
    desk.post(reverse("forum:item-action", args=[item.pk, "note"]), {"note-clinical": NOTE})
    assert not ActionDraft.objects.exists()
    desk.post(reverse("forum:undo", args=[PendingAction.objects.get().pk]))
    html = page(desk, item)
    assert NOTE in html and "Half a" not in html


def test_a_form_with_errors_keeps_the_draft(desk, item):
    desk.post(draft_url(item, "changes"), {"changes-note": NOTE})
    desk.post(reverse("forum:item-action", args=[item.pk, "changes"]), {"changes-note": NOTE})  # without a reason
    assert ActionDraft.objects.get().data["note"] == NOTE


def test_a_conflict_shows_what_was_typed(desk, item, dr_lind):
    claims.claim(item, by=dr_lind)
    answer = desk.post(reverse("forum:item-action", args=[item.pk, "note"]), {"note-clinical": NOTE})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "What you had typed" in html and NOTE in html


@pytest.mark.parametrize(("name", "status"), [("keep-report", 404), ("help-card", 404), ("approve", 204)])
def test_drafts_are_of_actions_that_the_item_has_and_that_are_sent_from_it(desk, item, name, status):
    assert desk.post(draft_url(item, name), {f"{name}-note": NOTE}).status_code == status


def test_nul_characters_and_long_texts_are_cut(desk, item):
    desk.post(draft_url(item, "note"), {"note-clinical": "a\x00b" + "c" * 50_000})
    stored = ActionDraft.objects.get().data["clinical"]
    assert (stored[:3], len(stored)) == ("abc", MAX_CHARACTERS)


def test_a_moderator_keeps_no_draft_on_their_own_post(desk, say, dr_okafor):
    own = ReviewItem.objects.get(post=say(dr_okafor, "Mine.", public=False))
    assert desk.post(draft_url(own, "approve"), {"approve-note": NOTE}).status_code == 404


def test_drafts_end_after_a_week_and_with_the_member_they_are_about(desk, item, say, noah, maya):
    other = ReviewItem.objects.get(post=say(noah, "More.", public=False))
    for one, typed in ((item, NOTE), (other, "As Maya said.")):
        desk.post(draft_url(one, "note"), {"note-clinical": typed})
    erase(maya)
    assert not ActionDraft.objects.exists()
    desk.post(draft_url(other, "note"), {"note-clinical": NOTE})
    assert delete_old_drafts() == 0
    ActionDraft.objects.update(saved_at=timezone.now() - timedelta(days=8))
    assert delete_old_drafts() == 1


def test_an_answered_item_takes_no_more_drafts(desk, item):
    desk.post(reverse("forum:item-action", args=[item.pk, "approve"]))
    assert let_undo_run_out() == 1
    assert desk.post(draft_url(item, "approve"), {"approve-note": NOTE}).status_code == 404

"""A moderator writes to an author without deciding; the author can answer once."""

import pytest
from django.urls import reverse

from accounts.privacy.exports import collect
from forum.appeals.appeal import appeal
from forum.appeals.questions import ask
from forum.models import Decision, Lane, PendingAction, ReviewItem
from forum.moderation.question_answers import close_without_reply
from forum.moderation.text_decisions import Superseded, approve, reject
from forum.permissions import can_ask_about_decision
from forum.posting.posts import PostText, edit_post
from tests.forum.conftest import let_undo_run_out

WORDS = "Thank you for writing. How are your evenings now?"


@pytest.fixture
def rules(loaded_rules, db):
    return loaded_rules


@pytest.fixture
def post(say, maya):
    return say(maya, "The evenings are long.", title="Long evenings", public=False)


@pytest.fixture
def write(client, dr_okafor):
    def send(item, text=WORDS):
        client.force_login(dr_okafor)
        return client.post(reverse("forum:item-action", args=[item.pk, "message"]), {"message-text": text})

    return send


def own_page(client, member, post):
    client.force_login(member)
    return " ".join(client.get(reverse("forum:my-post", args=[post.pk])).content.decode().split())


def test_the_author_reads_it_on_the_page_of_the_post_and_nothing_is_decided(client, write, post, maya):
    item = post.review_items.get()
    answer = write(item)
    assert answer.url == reverse("forum:review-item", args=[item.pk])
    page = own_page(client, maya, post)
    assert ("Message from a moderator" in page, WORDS in page, "Dr. Okafor" in page) == (True, True, False)
    assert "Thank you. A clinician will read this before it appears" in page
    item.refresh_from_db()
    assert (item.state, item.revision.state, PendingAction.objects.exists()) == ("open", "waiting", False)
    note = maya.notifications.get(kind="my-post")
    assert note.sentence == "A moderator sent you a message about your post."


def test_a_message_needs_words(write, post):
    html = write(post.review_items.get(), "").content.decode()
    assert ("This field is required" in html, Decision.objects.exists()) == (True, False)


def test_it_stays_on_the_page_after_an_edit_and_no_one_else_reads_it(client, write, post, maya, noah, dr_okafor):
    write(post.review_items.get())
    approve(post.revisions.get(), by=dr_okafor)
    edit_post(post, PostText("Shorter now.", title="Long evenings"), by=maya)
    assert WORDS in own_page(client, maya, post)
    client.force_login(noah)
    assert client.get(reverse("forum:my-post", args=[post.pk])).status_code == 404
    assert WORDS not in client.get(reverse("forum:post", args=[post.pk]), follow=True).content.decode()


def test_the_author_answers_once_and_triage_reads_the_answer(client, write, rules, post, maya, dr_okafor):
    write(post.review_items.get())
    message = Decision.objects.get()
    url = reverse("forum:ask-about-decision", args=[message.pk])
    assert f'href="{url}"' in own_page(client, maya, post)
    html = client.get(url).content.decode()
    assert ("Answer a message" in html, "Your answer" in html, WORDS in html) == (True, True, True)
    client.post(url, {"text": "I can't go on."})
    page = own_page(client, maya, post)
    assert ("Your answer to the message is waiting" in page, f'href="{url}"' in page) == (True, False)
    assert not can_ask_about_decision(maya, Decision.objects.get())
    item = ReviewItem.objects.get(kind="question")
    assert item.lane == Lane.RED
    client.force_login(dr_okafor)
    html = client.get(reverse("forum:review-item", args=[item.pk])).content.decode()
    assert ("The author answers" in html, "Message from a moderator, " in html, WORDS in html) == (True, True, True)


@pytest.fixture
def answered(client, write, post, maya):
    """The item of Maya's answer to a message."""
    write(post.review_items.get())
    client.force_login(maya)
    client.post(reverse("forum:ask-about-decision", args=[Decision.objects.get().pk]), {"text": "Better, thank you."})
    return ReviewItem.objects.get(kind="question")


def test_an_answer_that_needs_no_reply_is_closed_with_a_reason(client, answered, post, maya, dr_okafor):
    url = reverse("forum:item-action", args=[answered.pk, "close-answer"])
    client.force_login(dr_okafor)
    assert "This field is required" in client.post(url).content.decode()
    client.post(url, {"close-answer-reason": "She is well."})
    let_undo_run_out()
    answered.refresh_from_db()
    assert (answered.state, answered.closed_by, answered.private_notes.get().text) == (
        "closed",
        dr_okafor,
        "She is well.",
    )
    page = own_page(client, maya, post)
    assert ("A clinician has read your answer." in page, "<strong>Answer:" in page, "She is well." in page) == (
        True,
        False,
        False,
    )
    assert "a moderator has read your answer" in client.get(reverse("forum:my-posts")).content.decode()
    assert maya.notifications.filter(kind="my-post").count() == 1


def test_an_answer_to_a_message_can_be_replied_to_too(client, answered, post, maya, dr_okafor):
    client.force_login(maya)
    assert "your answer is waiting" in client.get(reverse("forum:my-posts")).content.decode()
    client.force_login(dr_okafor)
    reply = {"answer-question-text": "Good to hear."}
    client.post(reverse("forum:item-action", args=[answered.pk, "answer-question"]), reply)
    let_undo_run_out()
    assert "Good to hear." in own_page(client, maya, post)


def test_a_question_about_a_decision_needs_an_answer(client, say, maya, dr_okafor):
    no = reject(say(maya, "Words.", public=False).revisions.get(), by=dr_okafor, reason="spam")
    ask(no, by=maya, text="Why?")
    item = ReviewItem.objects.get(kind="question")
    client.force_login(dr_okafor)
    url = reverse("forum:item-action", args=[item.pk, "close-answer"])
    assert client.post(url, {"close-answer-reason": "No."}).status_code == 409
    with pytest.raises(Superseded):
        close_without_reply(item, by=dr_okafor, reason="No.")


def test_it_is_in_the_log_and_in_the_authors_export(client, write, post, maya, dr_lind):
    write(post.review_items.get())
    client.force_login(dr_lind)
    log = client.get(reverse("forum:decision-log") + "?action=message").content.decode()
    assert ("Message from a moderator" in log, WORDS in log, "Dr. Okafor" in log) == (True, True, True)
    assert WORDS in str(collect(maya))


def test_a_message_takes_away_no_appeal_and_counts_as_no_decision(client, write, say, maya, noah, dr_okafor):
    refused = say(maya, "Words.", public=False)
    no = reject(refused.revisions.get(), by=dr_okafor, reason="spam")
    Decision.objects.create(
        revision=no.revision, action="message", by=dr_okafor, credential=no.credential, note=WORDS, waited=no.waited
    )
    assert appeal(no, by=maya, text="Please look again.").state == "open"


def test_former_members_get_no_message(write, post, maya):
    item = post.review_items.get()
    maya.state = "erased"
    maya.save(update_fields=["state"])
    assert write(item).status_code == 409
    assert not Decision.objects.exists()

"""The author's side of a decision: questions and appeals, and their states."""

import pytest
from django.urls import reverse

from forum.appeals.appeal import appeal
from forum.models import Appeal, Decision, DecisionQuestion, ReviewItem
from forum.moderation import appeal_decisions, text_decisions
from forum.moderation.question_answers import answer_question
from forum.moderation.text_decisions import RedactionSpan
from tests.forum.conftest import let_undo_run_out


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


def page(response, status=200):
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def own(client, maya):
    client.force_login(maya)
    return client


@pytest.fixture
def refused(say, maya, dr_okafor):
    return text_decisions.reject(
        say(maya, "My number is 1.", public=False).revisions.get(), by=dr_okafor, reason="private"
    )


@pytest.fixture
def redacted(say, maya, dr_okafor):
    revision = say(maya, "I am Jane.", title="Hello", public=False).revisions.get()
    return text_decisions.approve(revision, by=dr_okafor, redactions=[RedactionSpan(5, 9, "name")])


def test_a_question_can_be_asked_once_and_its_answer_is_on_the_posts_page(own, refused, dr_lind):
    mine, link = url("my-post", refused.revision.post_id), url("ask-about-decision", refused.pk)
    assert link in page(own.get(mine))
    assert "This field is required." in page(own.post(link, {"text": ""}))
    html = page(own.post(link, {"text": "x" * 1001}))
    assert "at most 1000 characters" in html
    assert "x" * 1001 in html
    assert own.post(link, {"text": "Which part?"})["Location"] == mine
    assert own.post(link, {"text": "And?"})["Location"] == mine
    html = page(own.get(mine))
    assert [w in html for w in ("Which part?", "is waiting for a moderator", link)] == [True, True, False]
    assert "your question is waiting" in page(own.get(url("my-posts")))
    answer_question(DecisionQuestion.objects.get(), by=dr_lind, text="The number.")
    html = page(own.get(mine))
    assert [w in html for w in ("The number.", "is waiting for a moderator")] == [True, False]
    assert "your question was answered" in page(own.get(url("my-posts")))


def test_a_question_can_be_answered_in_the_queue(client, own, refused, dr_lind):
    own.post(url("ask-about-decision", refused.pk), {"text": "Which part?"})
    item = ReviewItem.objects.open().get()
    client.force_login(dr_lind)
    assert "Which part?" in page(client.get(url("review-item", item.pk)))
    client.post(url("item-action", item.pk, "answer-question"), {"answer-question-text": "The number."})
    assert let_undo_run_out() == 1
    assert DecisionQuestion.objects.get().answer == "The number."


def test_only_the_author_can_ask(client, refused, noah, dr_lind):
    for other in (noah, dr_lind):
        client.force_login(other)
        assert client.post(url("ask-about-decision", refused.pk), {"text": "Why?"}).status_code == 404
    assert not DecisionQuestion.objects.exists()


def test_a_plain_approval_cannot_be_asked_about(own, published, maya):
    post = published(maya, "Fine.")
    assert url("ask-about-decision", Decision.objects.get().pk) not in page(own.get(url("my-post", post.pk)))
    assert own.post(url("ask-about-decision", Decision.objects.get().pk), {"text": "Why?"}).status_code == 302
    assert not DecisionQuestion.objects.exists()


def test_an_author_sees_redactions_and_can_appeal(own, redacted, dr_lind):
    mine, link = url("my-post", redacted.revision.post_id), url("appeal", redacted.pk)
    html = page(own.get(mine))
    assert [w in html for w in ("“Jane” (a name)", link, url("ask-about-decision", redacted.pk))] == [True, True, True]
    own.post(link, {"text": "She is a writer."})
    assert "your appeal is waiting for another clinician" in page(own.get(url("my-posts")))
    assert link not in page(own.get(mine))
    appeal_decisions.answer_appeal(Appeal.objects.get(), by=dr_lind, overturn=True, answer="You are right.")
    html = page(own.get(mine))
    assert [w in html for w in ("You are right.", "“Jane” (a name)")] == [True, False]
    assert "the decision was changed" in page(own.get(url("my-posts")))


@pytest.mark.parametrize(("state", "words"), [(False, "the decision stands"), (True, "the decision was changed")])
def test_an_appeal_can_be_made_once_and_my_posts_shows_its_state(own, refused, maya, dr_lind, state, words):
    made = appeal(refused, by=maya, text="There was none.")
    assert own.post(url("appeal", refused.pk), {"text": "Again."}).status_code == 302
    appeal_decisions.answer_appeal(made, by=dr_lind, overturn=state, answer="Read again.")
    assert f"your appeal was answered: {words}" in page(own.get(url("my-posts")))
    assert Appeal.objects.count() == 1

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from forum.models import OutsideText, Post, ReviewItem, VisitorQuestion
from forum.moderation.help_cards import send_help_card
from forum.moderation.text_decisions import approve, ask_for_changes, reject
from forum.posting.posts import PostText, reply
from guide.models import HelpLine
from tests.conftest import PersonsClient, logged_in, small_article
from tests.forum.visitor_questions.conftest import BODY, TITLE, asked

ASK, SEE, CHANGE, TAKE_DOWN, CLAIM = (
    reverse(f"forum:{name}") for name in ("ask", "question", "change-question", "take-down-question", "claim-question")
)
RED = "I want to kill myself tonight."


@pytest.fixture(autouse=True)
def pages(db):
    small_article()
    for need, phone in (("emergency", "911"), ("crisis", "988")):
        line = {"country": "US", "need": need, "name": f"{need} line", "phone": phone}
        HelpLine.objects.create(**line, sources=[], checked=timezone.now(), position=1)


def visitor():
    """A browser that takes no cookies, for a site that checks for forged requests."""
    return PersonsClient(enforce_csrf_checks=True)


def send(client, **changed):
    return client.post(ASK, {"title": TITLE, "body": BODY, "key": str(uuid4())} | changed)


def code_in(page):
    return re.search(r'class="lead code-words"><strong>([a-z ]+)<', page.content.decode())[1]


def read(client, code, url=SEE, **fields):
    return client.post(url, {"code": code} | fields)


def test_a_visitor_asks_and_reads_by_code_without_a_cookie(room):
    client = visitor()
    page = client.get(ASK)
    page_after = send(client)
    code = code_in(page_after)
    assert (page.status_code, len(code.split()), client.cookies) == (200, 6, {})
    page = read(visitor(), code.upper())
    assert (TITLE in page.content.decode(), "A clinician will read it" in page.content.decode()) == (True, True)


def test_the_same_form_sent_twice_shows_the_same_code(room, client):
    key = str(uuid4())
    assert code_in(send(client, key=key)) == code_in(send(client, key=key))
    assert VisitorQuestion.objects.count() == 1


@pytest.mark.parametrize("url", [ASK, SEE, CHANGE, TAKE_DOWN])
def test_pages_stay_out_of_caches_search_engines_and_referrers(question, client, url):
    for page in (client.get(url), read(client, question[1], url)):
        headers = {name: page.headers[name] for name in ("X-Robots-Tag", "Referrer-Policy")}
        assert headers == {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
        assert "no-store" in page.headers["Cache-Control"]


def test_a_code_in_the_address_shows_nothing(question, client):
    assert TITLE not in client.get(SEE, {"code": question[1]}).content.decode()


def test_wrong_codes_are_all_answered_alike(question, client):
    other = " ".join(reversed(question[1].split()))
    page = read(client, other).content.decode()
    assert ("We can’t find a question with these words" in page, TITLE in page) == (True, False)


def test_what_was_mistyped_is_said(question, client):
    words = question[1].split()
    assert "the spelling of “xyzzy”" in read(client, " ".join([*words[:5], "xyzzy"])).content.decode()
    assert "A code has six words" in read(client, " ".join(words[:5])).content.decode()
    assert "Enter your six words" in read(client, "").content.decode()


def test_guessing_is_slowed_down(question, client):
    wrong = " ".join(["acid"] * 6)
    for _ in range(30):
        assert "We can’t find a question with these words" in read(client, wrong).content.decode()
    for code in (wrong, question[1]):  # a right one is no different then
        page = read(client, code).content.decode()
        assert ("many tries" in page, TITLE in page) == (True, False)
    assert TITLE in client.post(SEE, {"code": question[1]}, REMOTE_ADDR="203.0.113.9").content.decode()


def test_one_connection_cannot_use_up_the_day(room, client):
    room.visitor_questions_per_day = 50
    room.save()
    for _ in range(5):
        code_in(send(client))
    page = send(client, body="What about coffee?").content.decode()
    assert ("several questions from your connection" in page, "What about coffee?" in page) == (True, True)
    assert VisitorQuestion.objects.count() == 5


def test_a_full_day_says_when_it_opens_again_and_a_text_is_kept(room, client):
    for n in range(3):
        asked(room, f"Question {n}?")
    page = client.get(ASK).content.decode()
    assert ("You can ask again" in page, "<textarea" in page) == (True, False)
    page = send(client, body="What about coffee?").content.decode()
    assert ("can’t take more questions" in page, "What about coffee?" in page) == (True, True)


def test_a_category_that_takes_none_says_so(room, client):
    room.visitor_questions_per_day = 0
    room.save()
    page = client.get(ASK).content.decode()
    assert ("aren’t taking questions" in page, "<textarea" in page) == (True, False)


def test_without_such_a_category_there_is_no_page(db, client):
    assert client.get(ASK).status_code == 404


def test_help_lines_are_shown_at_once_under_what_was_written(loaded_rules, room, client):
    page = send(client, body=RED, country="US")
    assert "What you wrote sounds urgent" in page.content.decode()
    assert "What you wrote sounds urgent" in read(client, code_in(page)).content.decode()
    assert ReviewItem.objects.get().lane == 1


def test_danger_in_a_text_that_cannot_be_sent_reaches_a_clinician(loaded_rules, room, client):
    for n in range(3):
        asked(room, f"Question {n}?")
    page = send(client, body=RED).content.decode()
    stored = OutsideText.objects.get()
    assert ("What you wrote sounds urgent" in page, stored.by, stored.item.lane) == (True, None, 1)


def test_an_incomplete_form_keeps_what_was_typed(room, client):
    page = send(client, title="", email="reader@").content.decode()
    assert [words in page for words in ("Write your question in one line", "Enter a valid email", BODY)] == [True] * 3
    assert VisitorQuestion.objects.count() == 0


def test_nothing_is_kept_of_who_asked_but_country_and_address(room, client):
    send(client, country="US", email="reader@example.org")
    question, author = VisitorQuestion.objects.get(), User.objects.get()
    assert (question.email, author.country, author.last_login) == ("reader@example.org", "US", None)
    stored = str([*VisitorQuestion.objects.values(), *Post.objects.values(), *User.objects.values()])
    assert "127.0.0.1" not in stored


def test_a_logged_in_member_is_not_linked_to_the_question(room, maya):
    send(logged_in(maya))
    assert (VisitorQuestion.objects.get().post.author.state, maya.posts.count()) == (User.State.VISITOR, 0)


def test_a_moderator_sees_it_in_the_queue(question, dr_okafor):
    page = logged_in(dr_okafor).get(reverse("forum:review-queue")).content.decode()
    assert ("asked without an account" in page, question[0].post.author.display_name in page) == (True, False)
    item = ReviewItem.objects.get()
    page = logged_in(dr_okafor).get(reverse("forum:review-item", args=[item.pk])).content.decode()
    assert ("Each question has its own author" in page, question[0].post.author.display_name in page) == (True, False)


def test_a_change_is_asked_for_and_sent_by_code(question, client, dr_okafor):
    asked_question, code = question
    ask_for_changes(asked_question.post.revisions.get(), by=dr_okafor, reason="dose", note="No numbers, please.")
    page = read(client, code).content.decode()
    assert [words in page for words in ("Back with you", "No numbers, please.", "Change it and send again")] == [
        True
    ] * 3
    assert BODY in read(client, code, CHANGE).content.decode()
    page = read(client, code, CHANGE, title=TITLE, body="And now?", seen="1", key=str(uuid4()))
    assert "And now?" in page.content.decode()
    assert asked_question.post.revisions.get(state="waiting").body == "And now?"


def test_two_changes_at_once_overwrite_nothing(question, client):
    fields = {"title": TITLE, "seen": "1", "key": str(uuid4())}
    read(client, question[1], CHANGE, body="First.", **fields)
    page = read(client, question[1], CHANGE, body="Second.", **fields).content.decode()
    assert "since you opened it" in page
    assert question[0].post.revisions.get(state="waiting").body == "First."


def test_danger_in_a_change_is_red(loaded_rules, question, client):
    page = read(client, question[1], CHANGE, title=TITLE, body=RED, seen="1", key=str(uuid4()))
    assert "What you wrote sounds urgent" in page.content.decode()
    assert ReviewItem.objects.open().get().lane == 1


def test_danger_in_a_change_that_cannot_be_sent_reaches_a_clinician_and_is_claimed_once_closed(
    loaded_rules, question, client, maya, settings
):
    settings.FORUM_POSTS_PER_HOUR_NEW = 1
    page = read(client, question[1], CHANGE, title=TITLE, body=RED, seen="1", key=str(uuid4())).content.decode()
    stored = OutsideText.objects.get()
    assert ("You’ve sent a lot of posts" in page, stored.by, stored.item.lane) == (True, question[0].post.author, 1)
    assert "a clinician is looking into it" in logged_in(maya).post(CLAIM, {"code": question[1]}).content.decode()
    ReviewItem.objects.filter(pk=stored.item_id).update(state=ReviewItem.State.CLOSED, closed_at=timezone.now())
    assert logged_in(maya).post(CLAIM, {"code": question[1]}).status_code == 302
    stored.refresh_from_db()
    assert stored.by == maya


def test_a_refusal_is_shown_in_words(question, client, dr_okafor):
    reject(question[0].post.revisions.get(), by=dr_okafor, reason="dose", note="Ask your prescriber.")
    page = read(client, question[1]).content.decode()
    assert ("Your question wasn’t published" in page, "Ask your prescriber." in page, "Take it down" in page) == (
        True,
        True,
        False,
    )
    assert "Change your question" not in read(client, question[1], CHANGE).content.decode()


def test_the_answer_is_shown_by_code_and_in_public(question, client, dr_okafor, dr_lind):
    asked_question, code = question
    approve(asked_question.post.revisions.get(), by=dr_okafor)
    thread = Post.objects.get(pk=asked_question.post_id).thread
    assert "There’s no answer yet" in read(client, code).content.decode()
    sent = reply(thread, PostText("Not on the first day."), by=dr_lind, key=uuid4())
    approve(sent.revisions.get(), by=dr_okafor)
    for page in (read(client, code), client.get(thread.get_absolute_url())):
        assert "Not on the first day." in page.content.decode()
    assert "A visitor" in page.content.decode()


def test_readers_see_a_visitor_everywhere(question, client, maya, dr_okafor):
    approve(question[0].post.revisions.get(), by=dr_okafor)
    post = Post.objects.get(pk=question[0].post_id)
    urls = [post.thread.get_absolute_url(), post.thread.category.get_absolute_url(), reverse("forum:index")]
    for url in urls:
        for reader in (client, logged_in(maya)):
            page = reader.get(url).content.decode()
            assert (post.author.display_name in page, "A visitor" in page) == (False, True)
    assert "Mute A visitor" not in logged_in(maya).get(urls[0]).content.decode()


def test_a_help_card_is_shown_by_code(question, client, dr_okafor):
    post = question[0].post
    card = send_help_card(
        post.author, by=dr_okafor, kind="self-harm", item=ReviewItem.objects.get(), country="", note="Please call."
    )
    page = read(client, question[1]).content.decode()
    card.refresh_from_db()
    assert ("numbers to call" in page, "Please call." in page, card.opened_at is not None) == (True, True, True)


def test_taking_down_asks_first(question, client):
    assert "Take your question down?" in read(client, question[1], TAKE_DOWN).content.decode()
    page = read(client, question[1], TAKE_DOWN, confirmed="1").content.decode()
    assert "Withdrawn by its author" in page
    assert Post.objects.get().state == Post.State.WITHDRAWN
    assert read(client, question[1], TAKE_DOWN, confirmed="1").status_code == 200


def test_a_lost_code_is_said_plainly(db, client):
    assert "No one can restore it" in client.get(SEE).content.decode()


def test_a_member_claims_a_question(question, maya):
    client = logged_in(maya)
    page = client.post(CLAIM, {"code": question[1]})
    assert page.url == reverse("forum:my-post", args=[question[0].post_id])
    assert "The question is yours now" in client.get(page.url).content.decode()
    assert "We can’t find a question with these words" in read(PersonsClient(), question[1]).content.decode()


def test_claiming_needs_an_account_and_a_token(question, maya):
    assert PersonsClient().post(CLAIM, {"code": question[1]}).status_code == 302
    client = visitor()
    client.force_login(maya)
    assert client.post(CLAIM, {"code": question[1]}).status_code == 403


def test_a_moderator_who_decided_is_told_that_they_cannot_claim(question, dr_okafor):
    approve(question[0].post.revisions.get(), by=dr_okafor)
    assert "can’t make this question yours" in logged_in(dr_okafor).post(CLAIM, {"code": question[1]}).content.decode()


def test_the_forum_shows_the_way(room, client, maya):
    for reader in (client, logged_in(maya)):
        page = reader.get(room.get_absolute_url()).content.decode()
        assert (ASK in page, "Start a thread" in page) == (True, False)
    assert "Ask one question without an account" in client.get(reverse("forum:index")).content.decode()

"""Drafts, previews, lost sessions and double clicks: nothing typed is ever lost."""

from time import time
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from forum.models import Draft, Post, PostRevision
from forum.posting.drafts import MAX_DRAFTS
from forum.posting.forms import SALT

WORDS = {"title": "Is it normal?", "body": "I sleep **badly** since Monday."}


@pytest.fixture
def new(category):
    return reverse("forum:new-thread", args=[category.slug])


def typed(**more):
    return {**WORDS, "key": str(uuid4()), **more}


def test_a_draft_can_be_saved_reopened_and_disappears_when_sent(client, maya, new):
    client.force_login(maya)
    sheet = typed(warning="Sleep")
    assert client.post(new, {**sheet, "do": "draft"}).url == reverse("forum:my-posts")
    draft = Draft.objects.get()
    assert f"?draft={draft.pk}" in client.get(reverse("forum:my-posts")).content.decode()
    form = client.get(new, {"draft": draft.pk}).context["form"]
    assert (form["body"].value(), form["warning"].value(), str(form["key"].value())) == (
        WORDS["body"],
        "Sleep",
        sheet["key"],
    )
    client.post(new, sheet)
    assert (Post.objects.count(), Draft.objects.count()) == (1, 0)


def test_background_saves_work_but_never_recreate_a_sent_draft(client, maya, new):
    client.force_login(maya)
    sheet = typed()
    for body in ("First words.", "Second words."):
        answer = client.post(new, {**sheet, "body": body, "do": "draft"}, headers={"X-Background": "1"})
        assert answer.status_code == 204
    assert Draft.objects.get().form_data["body"] == "Second words."
    client.post(new, sheet)
    client.post(new, {**sheet, "do": "draft"}, headers={"X-Background": "1"})  # a late background save
    assert Draft.objects.count() == 0


def test_an_incomplete_form_can_be_saved_but_not_an_empty_one(client, maya, new):
    client.force_login(maya)
    client.post(new, {"body": "Only this.", "do": "draft"})
    client.post(new, {"body": "  ", "do": "draft"})
    assert [d.form_data["body"] for d in Draft.objects.all()] == ["Only this."]


def test_a_member_can_have_twenty_drafts(client, maya, new):
    client.force_login(maya)
    for _ in range(MAX_DRAFTS + 1):
        client.post(new, typed(do="draft"))
    assert Draft.objects.count() == MAX_DRAFTS
    assert client.post(new, typed(do="draft"), headers={"X-Background": "1"}).status_code == 409
    client.post(reverse("forum:discard-draft", args=[Draft.objects.first().pk]))
    assert Draft.objects.count() == MAX_DRAFTS - 1


def test_members_cannot_open_or_discard_others_drafts(client, maya, noah, new):
    client.force_login(maya)
    client.post(new, typed(do="draft"))
    draft = Draft.objects.get()
    client.force_login(noah)
    assert WORDS["body"] not in client.get(new, {"draft": draft.pk}).content.decode()
    client.post(reverse("forum:discard-draft", args=[draft.pk]))
    assert Draft.objects.count() == 1


def test_a_preview_uses_the_real_renderer_and_sends_nothing(client, maya, new):
    client.force_login(maya)
    html = client.post(new, typed(do="preview", body="**Bold** <script>alert(1)</script>")).content.decode()
    assert "<strong>Bold</strong>" in html
    assert "<script>alert" not in html
    assert Post.objects.count() == 0


def test_a_double_click_makes_one_post(client, maya, new):
    client.force_login(maya)
    sheet = typed()
    first, second = client.post(new, sheet), client.post(new, sheet)
    assert first.url == second.url
    assert Post.objects.count() == 1


def test_a_logged_out_member_gets_the_text_back_and_can_send_it(category, maya, new):
    browser = Client(enforce_csrf_checks=False)
    answer = browser.post(new, typed())
    assert (answer.status_code, Post.objects.count()) == (403, 0)
    assert WORDS["body"] in answer.content.decode()
    assert WORDS["title"] in answer.content.decode()


def test_a_stale_csrf_token_loses_no_text(maya, new):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(maya)
    answer = browser.post(new, typed())
    html = answer.content.decode()
    assert (answer.status_code, Post.objects.count()) == (403, 0)
    assert WORDS["body"] in html
    token = answer.cookies["csrftoken"].value
    assert browser.post(new, typed(csrfmiddlewaretoken=token)).status_code == 302


def test_text_posted_by_another_site_is_not_shown(maya, new):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(maya)
    answer = browser.post(new, typed(), headers={"Origin": "https://evil.example"})
    assert (answer.status_code, WORDS["body"] in answer.content.decode()) == (403, False)


@pytest.mark.parametrize(("age", "sent"), [(0, 0), (60, 1), (-3600, 1)])
def test_a_form_sent_too_quickly_must_be_sent_again(client, maya, new, settings, age, sent):
    settings.FORUM_MIN_FORM_SECONDS = 2
    client.force_login(maya)
    answer = client.post(new, typed(begun=signing.dumps(time() - age, salt=SALT)))
    assert Post.objects.count() == sent
    assert sent or WORDS["body"] in answer.content.decode()


def test_a_form_whose_time_cannot_be_read_can_be_sent_again(client, maya, new, settings, monkeypatch):
    settings.FORUM_MIN_FORM_SECONDS = 2
    client.force_login(maya)
    answer = client.post(new, typed(begun="from before the keys changed"))
    assert (Post.objects.count(), WORDS["body"] in answer.content.decode()) == (0, True)
    again = answer.context["form"]["begun"].value()
    monkeypatch.setattr("forum.posting.forms.time", lambda: time() + 3)
    assert client.post(new, typed(begun=again)).status_code == 302


def test_an_edit_conflict_is_explained_and_the_edit_can_be_sent_again(client, say, maya):
    post = say(maya, "First text.")
    url = reverse("forum:edit-post", args=[post.pk])
    client.force_login(maya)
    sheet = {"title": "A question", "key": str(uuid4()), "seen": "1"}
    client.post(url, {**sheet, "body": "From one window."})
    answer = client.post(url, {**sheet, "body": "From the other."})
    assert "You’ve changed this post since you opened it" in answer.content.decode()
    assert "From the other." in answer.content.decode()
    assert answer.context["form"]["seen"].value() == "2"
    client.post(url, {**sheet, "body": "From the other.", "seen": "2"})
    assert list(post.revisions.order_by("number").values_list("body", flat=True)) == [
        "First text.",
        "From one window.",
        "From the other.",
    ]


def test_a_double_click_on_an_edit_makes_one_revision(client, say, maya):
    post = say(maya, "First text.")
    client.force_login(maya)
    sheet = {"title": "A question", "body": "Better text.", "key": str(uuid4()), "seen": "1"}
    for _ in range(2):
        assert client.post(reverse("forum:edit-post", args=[post.pk]), sheet).status_code == 302
    assert PostRevision.objects.filter(post=post).count() == 2


def test_a_quote_is_prefilled_and_attributed_while_readable(client, say, maya, noah, dr_okafor):
    question = say(maya, "One.\nTwo.")
    thread = question.thread
    client.force_login(noah)
    reply = reverse("forum:reply", args=[thread.pk, thread.slug])
    assert client.get(reply, {"quote": question.pk}).context["form"]["body"].value() == "> One.\n> Two.\n\n"
    client.post(reply, {"body": "> One.\n\nYes.", "key": str(uuid4()), "quoted": question.pk})
    sent = Post.objects.get(author=noah)
    assert sent.quoted_id == question.pk


@pytest.mark.parametrize("number", ["", "0", "x", "9" * 40])
def test_an_invalid_quote_number_gives_an_ordinary_reply(client, say, maya, noah, number):
    thread = say(maya, "One.").thread
    client.force_login(noah)
    url = reverse("forum:reply", args=[thread.pk, thread.slug])
    assert client.get(url, {"quote": number}).context["form"]["body"].value() is None


def test_a_waiting_post_in_another_thread_cannot_be_quoted(client, say, maya, noah):
    thread = say(maya, "One.").thread
    hidden = say(maya, "Not public.", public=False)
    client.force_login(noah)
    url = reverse("forum:reply", args=[thread.pk, thread.slug])
    assert "Not public." not in client.get(url, {"quote": hidden.pk}).content.decode()


def test_similar_threads_are_only_those_the_member_may_read(client, say, maya, noah):
    say(maya, "One.", title="Sleeping badly on tablets")
    say(maya, "Two.", title="Sleeping secretly", public=False)
    url = reverse("forum:similar-fragment")
    client.force_login(noah)
    html = client.post(url, {"title": "sleeping"}).content.decode()
    assert ("Sleeping badly" in html, "secretly" in html) == (True, False)
    assert client.post(url, {"title": "' & | <x>"}).status_code == 200


def test_my_posts_pages_do_not_shift(client, say, maya, monkeypatch):
    monkeypatch.setattr("forum.threads.views.PER_PAGE", 2)
    for n in range(3):
        say(maya, f"Question {n}.")
    client.force_login(maya)
    first = client.get(reverse("forum:my-posts"))
    second = client.get(reverse("forum:my-posts"), {"before": first.context["older"]})
    assert [len(answer.context["posts"]) for answer in (first, second)] == [2, 1]


@pytest.mark.parametrize("seen", ["", "x", "9" * 40, None])
def test_an_edit_without_a_valid_revision_number_must_be_sent_again(client, say, maya, seen):
    post = say(maya, "First text.")
    client.force_login(maya)
    sheet = {"title": "A question", "body": "Better.", **({} if seen is None else {"seen": seen})}
    assert client.post(reverse("forum:edit-post", args=[post.pk]), sheet).status_code == 200
    assert post.revisions.count() == 1


@pytest.mark.parametrize("body", ["a word " * 1_428 + "end.", "line\r\n" * 2_000, "\ufdfa" * 700, "\ufb03 " * 5_000])
def test_the_longest_permitted_texts_can_be_sent(client, maya, new, body):
    client.force_login(maya)
    assert client.post(new, typed(title="T" * 140, warning="W" * 80, body=body)).status_code == 302
    assert Post.objects.count() == 1


def test_a_text_that_is_too_long_stays_in_its_field_with_an_error(client, maya, new):
    client.force_login(maya)
    form = client.post(new, typed(body="x" * 10_001)).context["form"]
    assert (len(form["body"].value()), list(form.errors)) == (10_001, ["body"])


def test_errors_are_listed_at_the_top_beside_their_fields_and_in_the_title(client, maya, new):
    client.force_login(maya)
    html = client.post(new, {"title": "", "body": "", "key": str(uuid4())}).content.decode()
    assert "<title>Error: Start a thread" in html
    assert '<a href="#id_title">Write a title.</a>' in html
    assert '<a href="#id_body">Write your post.</a>' in html
    assert html.count("Write a title.") == 2


def test_a_form_sent_too_quickly_says_so(client, maya, new, settings):
    settings.FORUM_MIN_FORM_SECONDS = 60
    client.force_login(maya)
    html = client.post(new, typed(begun=signing.dumps(time(), salt=SALT))).content.decode()
    assert "That was very quick." in html
    assert WORDS["body"] in html


def test_a_preview_lists_names_that_mention_no_one(client, say, maya, noah):
    thread = say(noah, "A question.").thread
    client.force_login(maya)
    url = reverse("forum:reply", args=[thread.pk, thread.slug])
    html = client.post(url, {"body": "@Noah and @Vera", "key": str(uuid4()), "do": "preview"}).content.decode()
    assert "No one will be told about @Vera." in html


def test_a_reply_to_a_post_shows_the_post(client, say, maya, noah):
    post = say(noah, "Is it normal?")
    client.force_login(maya)
    url = reverse("forum:reply", args=[post.thread_id, post.thread.slug])
    page = client.get(url, {"answer": post.pk})
    assert "Is it normal?" in page.content.decode().split("<form")[-2]
    assert page.context["form"]["body"].value() is None
    client.post(url, {"body": "Yes.", "key": str(uuid4()), "quoted": post.pk})
    assert Post.objects.get(author=maya).quoted == post

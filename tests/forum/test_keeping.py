"""Marks, follows, bookmarks and signs, from the pages that offer them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import Barrier
from forum.models import Bookmark, Duty, Reaction, ReadMark, Subscription
from forum.moderation.services import approve
from forum.services.posting import delete_post


def page(client, thread, number=1):
    return client.get(thread.get_absolute_url(), {"page": number}).content.decode()


def test_a_post_approved_late_is_new_for_who_had_read_the_thread(client, say, maya, noah, category, dr_okafor):
    thread = say(maya, "Question.").thread
    late = say(noah, "Sent first.", thread, public=False)
    say(noah, "Sent second.", thread)
    client.force_login(maya)
    client.post(reverse("forum:mark-read", args=[thread.pk]), {"position": 2}, headers={"X-Background": "1"})
    assert "new</a>" not in client.get(category.get_absolute_url()).content.decode()
    approve(late.revisions.get(), by=dr_okafor)
    html = client.get(category.get_absolute_url()).content.decode()
    assert "1 new</a>" in html
    assert "#post-3" in html
    assert "first unread post" in page(client, thread)


@pytest.mark.parametrize(("sent", "kept"), [("1", 1), ("2", 2), ("99", 2), ("", None), ("-1", None), ("9" * 30, None)])
def test_a_mark_never_goes_beyond_what_there_is(client, say, maya, noah, sent, kept):
    thread = say(maya, "Question.").thread
    say(noah, "Answer.", thread)
    client.force_login(maya)
    client.post(reverse("forum:mark-read", args=[thread.pk]), {"position": sent})
    assert ReadMark.objects.values_list("position", flat=True).first() == kept


def test_a_mark_never_goes_back(client, say, maya, noah):
    thread = say(maya, "Question.").thread
    say(noah, "Answer.", thread)
    client.force_login(maya)
    for position in (2, 1):
        client.post(reverse("forum:mark-read", args=[thread.pk]), {"position": position})
    assert ReadMark.objects.get().position == 2


def test_reading_writes_nothing(client, say, maya, noah):
    thread = say(maya, "Question.").thread
    client.force_login(noah)
    page(client, thread)
    assert ReadMark.objects.count() == 0


def test_visitors_see_signs_and_no_form(client, say, maya, noah):
    post = say(maya, "Question.")
    Reaction.objects.create(post=post, by=noah, kind="thanks")
    html = page(client, post.thread)
    assert 'Thanks <span class="n">1</span>' in html
    assert "csrf" not in html
    assert client.cookies == {}


def test_a_sign_is_given_and_taken_back(client, say, maya, noah):
    post = say(maya, "Question.")
    client.force_login(noah)
    url = reverse("forum:sign", args=[post.pk])
    shown = client.post(url, {"kind": "strength"}, headers={"HX-Request": "true"}).content.decode()
    assert shown.count('aria-pressed="true"') == 1
    assert Reaction.objects.count() == 1
    assert client.post(url, {"kind": "strength"}).status_code == 302
    assert Reaction.objects.count() == 0


@pytest.mark.parametrize(("kind", "status"), [("down", 404), ("", 404), ("thanks", 302)])
def test_only_kind_signs_exist(client, say, maya, noah, kind, status):
    client.force_login(noah)
    assert client.post(reverse("forum:sign", args=[say(maya, "Q.").pk]), {"kind": kind}).status_code == status


def test_nobody_thanks_themselves_nor_across_a_block(client, say, maya, noah):
    post = say(maya, "Question.")
    url = reverse("forum:sign", args=[post.pk])
    client.force_login(maya)
    assert client.post(url, {"kind": "thanks"}).status_code == 403
    Barrier.objects.create(owner=maya, other=noah, kind="block")
    client.force_login(noah)
    assert client.post(url, {"kind": "thanks"}).status_code == 403
    assert Reaction.objects.count() == 0


def test_bookmarks_of_what_can_no_longer_be_read_do_not_show(client, say, maya, noah):
    kept, gone = say(maya, "This stays."), say(maya, "This goes.")
    client.force_login(noah)
    for post in (kept, gone):
        client.post(reverse("forum:bookmark", args=[post.pk]))
    delete_post(gone, by=maya)
    html = client.get(reverse("forum:kept")).content.decode()
    assert ("This stays." in html, "This goes." in html) == (True, False)
    client.post(reverse("forum:bookmark", args=[kept.pk]))
    assert list(Bookmark.objects.values_list("post", flat=True)) == [gone.pk]


def test_following_is_one_row_that_a_second_click_takes_away(client, say, maya, noah, category):
    thread = say(maya, "Question.").thread
    client.force_login(noah)
    for url in (
        reverse("forum:follow-thread", args=[thread.pk]),
        reverse("forum:follow-category", args=[category.slug]),
    ):
        client.post(url)
    assert Subscription.objects.count() == 2
    html = client.get(reverse("forum:kept")).content.decode()
    assert (thread.title in html, category.title in html) == (True, True)
    client.post(reverse("forum:follow-thread", args=[thread.pk]))
    assert list(Subscription.objects.values_list("category", flat=True)) == [category.pk]


@pytest.mark.parametrize("name", ["follow-thread", "mark-read"])
def test_what_waits_can_be_neither_followed_nor_read(client, say, maya, noah, name):
    thread = say(maya, "Question.", public=False).thread
    client.force_login(noah)
    assert client.post(reverse(f"forum:{name}", args=[thread.pk]), {"position": 1}).status_code == 404


FILTERED = [
    ("unanswered", {"Alone"}),
    ("clinician", {"Answered"}),
    ("mine", {"Alone"}),
    ("unread", {"Alone", "Answered"}),
    ("following", {"Talk"}),
    ("rubbish", {"Alone", "Talk", "Answered"}),
]


@pytest.mark.parametrize(("show", "titles"), FILTERED)
def test_a_list_can_be_narrowed(client, say, maya, noah, dr_lind, category, show, titles):
    say(maya, "One.", title="Alone")
    talk = say(noah, "Two.", title="Talk").thread
    say(dr_lind, "Yes.", say(noah, "Three.", title="Answered").thread)
    say(noah, "Four.", talk)
    client.force_login(maya)
    client.post(reverse("forum:follow-thread", args=[talk.pk]))
    client.post(reverse("forum:mark-read", args=[talk.pk]), {"position": 2})
    shown = client.get(category.get_absolute_url(), {"show": show}).context["threads"]
    assert {t.title for t in shown} == titles


def test_visitors_cannot_ask_for_what_only_members_have(client, say, maya, category):
    say(maya, "One.")
    answer = client.get(category.get_absolute_url(), {"show": "unread"})
    assert len(answer.context["threads"]) == 1
    assert list(answer.context["filters"]) == ["unanswered", "clinician"]


def test_pages_stay_right_while_posts_arrive(client, say, maya, noah, category, monkeypatch):
    monkeypatch.setattr("forum.reading.PER_PAGE", 3)
    threads = [say((maya, noah)[n % 2], f"Q {n}.", title=f"T{n}").thread for n in range(6)]
    first = client.get(category.get_absolute_url())
    say(noah, "Moves to the top.", threads[0])
    say(maya, "New.", title="Newest")
    second = client.get(category.get_absolute_url(), {"before": first.context["older"]})
    seen = [t.title for answer in (first, second) for t in answer.context["threads"]]
    assert seen == ["T5", "T4", "T3", "T2", "T1"]  # T0 moved to the top meanwhile, and nothing came twice


def test_posts_of_who_is_muted_are_folded_and_their_threads_are_not_listed(client, say, maya, noah, category):
    thread = say(maya, "Question.", title="Hers").thread
    say(noah, "Loud words.", thread)
    say(noah, "Other.", title="His")
    say(noah, "Quiet.", title="Nobody’s", anonymous=True)
    Barrier.objects.create(owner=maya, other=noah, kind="mute")
    client.force_login(maya)
    assert "whom you keep away from" in page(client, thread)
    listed = {t.title for t in client.get(category.get_absolute_url()).context["threads"]}
    assert listed == {"Hers", "Nobody’s"}  # the anonymous one stays: its going would tell who wrote it


def test_an_anonymous_post_is_not_folded(client, say, maya, noah):
    thread = say(maya, "Question.").thread
    say(noah, "Quiet words.", thread, anonymous=True)
    Barrier.objects.create(owner=maya, other=noah, kind="block")
    client.force_login(maya)
    assert "whom you keep away from" not in page(client, thread)


def test_the_index_names_the_latest_thread_that_its_reader_may_see(client, say, maya, noah):
    say(maya, "One.", title="For all")
    say(maya, "Two.", title="For members", members_only=True)
    assert "For members" not in client.get(reverse("forum:index")).content.decode()
    client.force_login(noah)
    assert "For members" in client.get(reverse("forum:index")).content.decode()


def test_the_index_says_who_is_on_duty_and_else_when_somebody_will_be(client, category, dr_okafor):
    now = timezone.now()
    later = Duty.objects.create(
        moderator=dr_okafor, starts_at=now + timedelta(hours=3), ends_at=now + timedelta(hours=5)
    )
    assert "No moderator is on duty until" in client.get(reverse("forum:index")).content.decode()
    cache.clear()
    later.starts_at = now - timedelta(hours=1)
    later.save()
    html = client.get(reverse("forum:index")).content.decode()
    assert dr_okafor.display_name in html.split("</header>")[1]


def test_a_clinicians_answer_far_down_is_pinned_under_the_question(client, say, maya, noah, dr_lind):
    thread = say(maya, "Question.").thread
    say(noah, "Me too.", thread)
    say(dr_lind, "Please ask your prescriber.", thread)
    html = page(client, thread)
    assert html.count("Please ask your prescriber.") == 2
    assert html.index("A clinician’s answer") < html.index("Me too.")

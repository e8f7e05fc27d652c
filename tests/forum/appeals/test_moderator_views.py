from uuid import uuid4

import pytest
from django.urls import reverse

from forum.appeals.appeal import appeal
from forum.appeals.reports import report_member, report_post
from forum.models import Appeal, Category, Post, PostRevision, Report, ReviewItem, Thread, Trust
from forum.moderation.decide import reject
from forum.moderation.post_removal import remove
from forum.moderation.trust import give_trust
from forum.posting.posts import PostText, start_thread
from tests.conftest import MODERATORS, clinician


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


def page(response, status=200):
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def desk(client, dr_lind):
    client.force_login(dr_lind)
    return client


def shown(member, by):
    category, _ = Category.objects.get_or_create(
        slug="stories", title="Stories", purpose="p", policy="review-after", position=2
    )
    give_trust(member, by=by, reason="Kind.")
    return start_thread(
        category,
        PostText("Words of a kind person." + " So be it." * Post.objects.count(), title="Shown"),
        by=member,
        key=uuid4(),
    )


def test_the_queue_shows_reports_appeals_and_unreviewed_posts(desk, say, published, maya, noah, dr_lind, dr_okafor):
    reported = published(maya, "Question.", title="Reported")
    report_post(reported, by=noah, reason="dose")
    report_member(maya, by=noah, reason="unkind")
    no = reject(say(noah, "x", title="Refused", public=False).revisions.get(), by=dr_okafor, reason="dose")
    appeal(no, by=noah, text="Why?")
    shown(maya, dr_okafor)
    html = page(desk.get(url("review-queue")))
    for words in ("Reported", "Member Maya", "1 report ", "An appeal", "Published, not yet read", "Shown"):
        assert words in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_for_one_and_three_of_each(
    desk, say, published, maya, noah, dr_okafor, count, django_assert_num_queries, settings
):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    for n in range(count):
        post = published(maya, f"Question {n}.")
        report_post(post, by=noah, reason="dose")
        no = reject(say(noah, f"x{n}", public=False).revisions.get(), by=dr_okafor, reason="dose")
        appeal(no, by=noah, text="Why?")
        say(noah, f"Waits {n}.", public=False)
        shown(maya, dr_okafor)
    with django_assert_num_queries(
        19
    ):  # session, user and rights, four lists, the matches of their texts, two undos, rest
        desk.get(url("review-queue"))


def test_a_report_can_be_dismissed_or_the_post_removed_with_a_reason(desk, published, maya, noah):
    for action in ("keep", "act"):
        post = published(maya, f"Question, {action}.")
        found = report_post(post, by=noah, reason="dose", note="Look here.")[0]
        link = url("review-report", found.pk)
        html = page(desk.get(link))
        assert "Look here." in html
        assert "Noah" not in html
        if action == "act":
            assert "Choose a reason. The author will be told." in page(desk.post(link, {"action": action}))
        assert desk.post(link, {"action": action, "reason": "dose"})["Location"] == url("review-queue")
        assert Post.objects.get(pk=post.pk).state == ("published" if action == "keep" else "removed")
        assert "already closed" in page(desk.get(link))
        page(desk.post(link, {"action": "keep"}), 409)
    assert list(Report.objects.order_by("pk").values_list("state", flat=True)) == ["kept", "acted"]


def test_an_appeal_is_answered_on_its_page(desk, say, maya, dr_okafor):
    no = reject(say(maya, "Question.", public=False).revisions.get(), by=dr_okafor, reason="dose")
    link = url("review-appeal", appeal(no, by=maya, text="There was no dose.").pk)
    assert "There was no dose." in page(desk.get(link))
    assert "This field is required." in page(desk.post(link, {"outcome": "overturn", "answer": ""}))
    desk.post(link, {"outcome": "overturn", "answer": "True."})
    assert (Appeal.objects.get().state, Post.objects.get().state) == ("overturned", "published")
    page(desk.post(link, {"outcome": "uphold", "answer": "No."}), 409)


def test_remove_restore_close_and_open_on_the_posts_page(desk, published, maya):
    post = published(maya, "Question.")
    link = url("moderate-post", post.pk)
    assert url("post-action", post.pk, "remove") in page(desk.get(link))
    remove, restore = url("post-action", post.pk, "remove"), url("post-action", post.pk, "restore")
    lock, unlock = url("thread-action", post.thread_id, "lock"), url("thread-action", post.thread_id, "unlock")
    assert "Please write a message to the author" in page(desk.post(remove, {"remove-reason": "other"}))
    desk.post(remove, {"remove-reason": "dose", "remove-note": "Please."})
    page(desk.post(remove, {"remove-reason": "dose"}), 409)
    assert url("moderate-post", post.pk) in page(desk.get(url("removed")))
    assert url("post-action", post.pk, "restore") in page(desk.get(link))
    desk.post(restore)
    page(desk.post(restore), 409)
    assert Post.objects.get().state == "published"
    desk.post(lock)
    page(desk.post(lock), 409)
    assert "closed this thread" in page(desk.get(post.thread.get_absolute_url()))
    desk.post(unlock)
    assert Thread.objects.get().state == "open"


def test_an_unreviewed_post_can_be_marked_as_read_on_its_page(desk, maya, dr_okafor):
    post = shown(maya, dr_okafor)
    revision = post.revisions.get()
    assert url("keep-shown", revision.pk) in page(desk.get(url("moderate-post", post.pk)))
    assert desk.post(url("keep-shown", revision.pk))["Location"] == url("review-queue")
    assert PostRevision.objects.get().state == "approved"
    page(desk.post(url("keep-shown", revision.pk)), 409)


def test_trust_can_be_given_with_a_reason_and_ended(desk, say, maya):
    revision = say(maya, "Waits.", public=False).revisions.get()
    link = url("trust", maya.pk)
    assert link in page(desk.get(url("review", revision.pk), follow=True))
    assert "This field is required." in page(desk.post(link, {"reason": ""}))
    desk.post(link, {"reason": "Kind for a year."})
    assert "Kind for a year." in page(desk.get(link))
    desk.post(url("end-trust", maya.pk))
    assert Trust.objects.get().ended_at is not None


def test_pages_about_ones_own_posts_are_not_found(desk, published, noah, dr_lind, dr_okafor):
    post = published(dr_lind, "Mine.")
    found = report_post(post, by=noah, reason="dose")[0]
    mine = appeal(remove(post, by=dr_okafor, reason="dose"), by=dr_lind, text="Why?")
    names = [("moderate-post", post), ("review-report", found), ("review-appeal", mine)]
    assert [desk.get(url(name, row.pk)).status_code for name, row in [*names, ("trust", dr_lind)]] == [404] * 4
    for act in ("remove", "restore"):
        assert desk.post(url("post-action", post.pk, act)).status_code == 404
    assert desk.post(url("end-trust", dr_lind.pk)).status_code == 403
    html = page(desk.get(url("review-queue"))) + page(desk.get(url("removed")))
    assert str(url("moderate-post", post.pk)) not in html


def test_reports_and_appeals_can_be_claimed_and_taken_over(client, say, published, maya, noah, dr_okafor, dr_lind):
    no = reject(say(maya, "No.", public=False).revisions.get(), by=dr_okafor, reason="spam")
    third = clinician("m9", "Dr. M9", MODERATORS)
    appeal(no, by=maya, text="Why?")
    report_post(published(maya, "Public."), by=noah, reason="dose", note="")
    for item in ReviewItem.objects.open().filter(kind__in=["appeal", "report"]):
        client.force_login(dr_lind)
        html = client.get(client.post(reverse("forum:claim", args=[item.pk]))["Location"], follow=True)
        assert "Yours until" in html.content.decode()
        client.force_login(third)
        html = client.get(reverse("forum:review-item", args=[item.pk]), follow=True)
        assert "Dr. Lind is working on this" in html.content.decode()
        client.post(reverse("forum:take-over", args=[item.pk]))
        item.refresh_from_db()
        assert item.claimed_by == third

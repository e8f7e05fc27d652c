import re
from uuid import uuid4

import pytest
from django.urls import reverse
from zeal import zeal_ignore

from forum.appeals.appeal import appeal
from forum.appeals.reports import report_member, report_post
from forum.models import Appeal, Category, PendingAction, Post, PostRevision, Report, ReviewItem, Thread, Trust
from forum.moderation.post_removal import remove
from forum.moderation.text_decisions import reject
from forum.moderation.trust import give_trust
from forum.posting.posts import PostText, start_thread
from tests.conftest import MODERATORS, clinician
from tests.forum.conftest import let_undo_run_out


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


def test_the_queue_shows_reports_appeals_and_unreviewed_posts(desk, say, published, maya, noah, elif_, dr_okafor):
    reported = published(maya, "Question.", title="Reported")
    report_post(reported, by=noah, reason="dose")
    report_member(maya, by=elif_, reason="unkind")
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
    # session, rights, four lists, the matches of their texts, three about their authors, groups, two undos, rest,
    # handover notes, who looks at the rows, proposals of triage
    with django_assert_num_queries(27):
        desk.get(url("review-queue"))


def test_a_report_can_be_dismissed_or_the_post_removed_with_a_reason(desk, published, maya, noah):
    for name in ("keep-report", "remove-reported"):
        post = published(maya, f"Question, {name}.")
        report_post(post, by=noah, reason="dose", note="Look here.")
        item = ReviewItem.objects.open().get(kind="report", post=post)
        html = page(desk.get(url("review-item", item.pk)))
        assert "Look here." in html and "Noah" not in html and "This closes this report." in html
        link, sent = url("item-action", item.pk, name), seen(html, name)
        if name == "remove-reported":
            assert "This field is required." in page(desk.post(link, sent))
        assert desk.post(link, sent | {f"{name}-reason": "dose"})["Location"] == url("review-queue")
        assert (Post.objects.get(pk=post.pk).state, let_undo_run_out()) == ("published", 1)
        assert Post.objects.get(pk=post.pk).state == ("published" if name == "keep-report" else "removed")
        page(desk.post(link, sent), 409 if name == "keep-report" else 404)
    assert list(Report.objects.order_by("pk").values_list("state", flat=True)) == ["kept", "acted"]


def seen(html, action):
    """The hidden field that says which reports the page showed."""
    return {f"{action}-seen": re.search(rf'name="{action}-seen" value="([^"]*)"', html)[1]}


def test_a_report_that_came_meanwhile_must_be_read_first(desk, published, maya, noah, elif_):
    post = published(maya, "Question.")
    report_post(post, by=noah, reason="dose")
    item = ReviewItem.objects.open().get(kind="report")
    html = page(desk.get(url("review-item", item.pk)))
    report_post(post, by=elif_, reason="worried-self-harm", note="She wrote to me that she will do it.")
    again = page(desk.post(url("item-action", item.pk, "keep-report"), seen(html, "keep-report")))
    assert "Someone reported this meanwhile." in again and "She wrote to me" in again
    with zeal_ignore():  # each reporter is told
        assert desk.post(url("item-action", item.pk, "keep-report"), seen(again, "keep-report")).status_code == 302
    report_post(post, by=noah, reason="dose", note="And look at this.")
    assert (let_undo_run_out(), PendingAction.objects.get().state) == (0, "failed")
    assert ReviewItem.objects.undecided().get() == item


def test_an_appeal_is_answered_on_its_page(desk, say, maya, dr_okafor):
    no = reject(say(maya, "Question.", public=False).revisions.get(), by=dr_okafor, reason="dose")
    item = appeal(no, by=maya, text="There was no dose.").review_items.get()
    overturn = url("item-action", item.pk, "overturn")
    assert "There was no dose." in page(desk.get(url("review-item", item.pk)))
    assert "This field is required." in page(desk.post(overturn, {"overturn-answer": ""}))
    desk.post(overturn, {"overturn-answer": "True."})
    page(desk.post(url("item-action", item.pk, "uphold"), {"uphold-answer": "No."}), 409)
    let_undo_run_out()
    assert (Appeal.objects.get().state, Post.objects.get().state) == ("overturned", "published")
    page(desk.post(overturn, {"overturn-answer": "No."}), 409)


def test_remove_restore_close_and_open_on_the_posts_page(desk, published, maya):
    post = published(maya, "Question.")
    link = url("moderate-post", post.pk)
    assert url("post-action", post.pk, "remove") in page(desk.get(link))
    remove, restore = url("post-action", post.pk, "remove"), url("post-action", post.pk, "restore")
    lock, unlock = url("thread-action", post.thread_id, "lock"), url("thread-action", post.thread_id, "unlock")
    assert "Please write a message to the author" in page(desk.post(remove, {"remove-reason": "other"}))
    desk.post(remove, {"remove-reason": "dose", "remove-note": "Please."})
    assert "Remove it</strong>: “" in page(desk.get(link))
    assert (Post.objects.get().state, let_undo_run_out()) == ("published", 1)
    page(desk.post(remove, {"remove-reason": "dose"}), 409)
    assert url("moderate-post", post.pk) in page(desk.get(url("removed")))
    assert url("post-action", post.pk, "restore") in page(desk.get(link))
    desk.post(restore)
    let_undo_run_out()
    page(desk.post(restore), 409)
    assert Post.objects.get().state == "published"
    desk.post(lock)
    let_undo_run_out()
    page(desk.post(lock), 409)
    assert "This thread is closed to new posts" in page(desk.get(post.thread.get_absolute_url()))
    desk.post(unlock)
    let_undo_run_out()
    assert Thread.objects.get().state == "open"


def test_an_unreviewed_post_can_be_marked_as_read_on_its_page(desk, maya, dr_okafor):
    post = shown(maya, dr_okafor)
    keep = url("item-action", post.review_items.get().pk, "keep")
    assert keep in page(desk.get(url("moderate-post", post.pk)))
    assert desk.post(keep)["Location"] == url("review-queue")
    assert (PostRevision.objects.get().state, let_undo_run_out()) == ("shown", 1)
    assert PostRevision.objects.get().state == "approved"
    page(desk.post(keep), 409)


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
    report_post(post, by=noah, reason="dose")
    appeal(remove(post, by=dr_okafor, reason="dose"), by=dr_lind, text="Why?")
    pages = [url("moderate-post", post.pk), url("trust", dr_lind.pk)]
    pages += [url("review-item", item.pk) for item in ReviewItem.objects.filter(kind__in=["report", "appeal"])]
    assert [desk.get(address).status_code for address in pages] == [404] * 4
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
        assert "Yours for" in html.content.decode()
        client.force_login(third)
        html = client.get(reverse("forum:review-item", args=[item.pk]), follow=True)
        assert "Dr. Lind is working on this" in html.content.decode()
        client.post(reverse("forum:take-over", args=[item.pk]))
        item.refresh_from_db()
        assert item.claimed_by == third

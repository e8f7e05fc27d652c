"""A reported post is removed, appealed and restored, in four browsers."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forum.appeals.appeal import appeal
from forum.appeals.reports import report_post
from forum.models import Category, Decision, Post, ReviewItem
from forum.moderation.post_removal import remove
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, start_thread
from tests.e2e.page_checks import faults_at
from tests.forum.conftest import let_undo_run_out

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def post(site, maya, dr_okafor):
    room = Category.objects.create(slug="first", title="Starting", purpose="First weeks.", clinical=True, position=1)
    made = start_thread(room, PostText("I take it with breakfast.", title="When do you take it?"), by=maya, key=uuid4())
    approve(made.revisions.get(), by=dr_okafor)
    return Post.objects.select_related("thread").get()


def report(page, thread):
    page.goto(thread)
    page.locator("summary", has_text="More for post 1").click()
    page.get_by_role("link", name="Report post 1").click()
    page.get_by_label("What’s wrong?").select_option("dose")
    page.get_by_label("Anything else").fill("Please look.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("A moderator will read your report.")).to_be_visible()


def remove_for_its_report(page):
    page.goto("/forum/review/")
    page.get_by_role("link", name="When do you take it?").click()
    expect(page.get_by_text("Please look.")).to_be_visible()
    page.locator("summary", has_text="Remove the post").click()
    removing = page.locator("[data-action='remove-reported']")
    removing.get_by_label("Reason").select_option("dose")
    removing.get_by_label("Message to the author").fill("Please say nothing of times.")
    removing.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
    assert let_undo_run_out() == 1


def appeal_from_the_inbox(page):
    page.goto("/account/inbox/")
    page.get_by_role("link", name="A moderator removed your post.").click()
    expect(page.get_by_text("Please say nothing of times.")).to_be_visible()
    page.get_by_role("link", name="Appeal").click()
    page.get_by_label("Why do you disagree?").fill("I said nothing of a dose.")
    page.get_by_role("button", name="Send the appeal").click()
    expect(page.get_by_text("Your appeal: waiting for another clinician")).to_be_visible()


def overturn(page):
    page.goto("/forum/review/")
    page.get_by_role("link", name="A thread whose first post was removed").click()
    page.locator("summary", has_text="Change the decision").click()
    changing = page.locator("[data-action='overturn']")
    changing.get_by_label("Answer to the author").fill("You are right. I am sorry.")
    changing.get_by_role("button", name="Change the decision").click()
    expect(page.locator("h1")).to_have_text("To review")
    assert let_undo_run_out() == 1


@pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
def test_a_reported_post_is_removed_appealed_and_restored(browse, post, maya, noah, dr_lind, dr_okafor, script):
    thread = post.thread.get_absolute_url()
    noahs, linds, mayas, okafors = (browse(p, java_script_enabled=script) for p in (noah, dr_lind, maya, dr_okafor))
    report(noahs, thread)
    remove_for_its_report(linds)
    noahs.goto("/account/inbox/")
    expect(noahs.get_by_text("A moderator removed the post.")).to_be_visible()
    noahs.goto(thread)
    expect(noahs.locator("h1")).to_have_text("A thread whose first post was removed")
    expect(noahs.get_by_text("with breakfast")).to_have_count(0)
    appeal_from_the_inbox(mayas)
    linds.reload()
    expect(linds.locator(".queue-row")).to_have_count(0)
    overturn(okafors)
    mayas.reload()
    expect(mayas.get_by_text("You are right. I am sorry.").first).to_be_visible()
    noahs.goto(thread)
    expect(noahs.locator("h1")).to_have_text("When do you take it?")
    expect(noahs.get_by_text("I take it with breakfast.")).to_be_visible()
    assert list(Decision.objects.values_list("action", flat=True)) == ["approved", "removed", "restored"]


def test_axe_finds_nothing_and_nothing_overflows(browse, post, maya, noah, dr_lind, dr_okafor):
    other = start_thread(post.thread.category, PostText("Another.", title="Another"), by=maya, key=uuid4())
    approve(other.revisions.get(), by=dr_okafor)
    no = remove(other, by=dr_okafor, reason="dose", note="Please.")
    report_post(post, by=noah, reason="dose", note="Look.")
    visits = {
        noah: [f"/forum/post/{post.pk}/report/", post.thread.get_absolute_url()],
        maya: [f"/forum/mine/{other.pk}/", f"/forum/decision/{no.pk}/appeal/"],
    }
    found = faults_at(browse(maya), visits[maya][1], f"/forum/decision/{no.pk}/ask/")
    appeal(no, by=maya, text="Why?")
    items = ReviewItem.objects.open().filter(kind__in=["report", "appeal"])
    paths = ["", *(f"item/{item.pk}/" for item in items), "removed/", f"member/{maya.pk}/trust/"]
    paths += [f"post/{post.pk}/", f"thread/{post.thread_id}/"]
    visits |= {maya: visits[maya][:1], dr_lind: [f"/forum/review/{path}" for path in paths]}
    for user, where in visits.items():
        found += faults_at(browse(user), *where)
    assert found == []

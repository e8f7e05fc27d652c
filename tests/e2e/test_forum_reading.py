"""Members read, react, bookmark and follow; visitors read: with and without JavaScript."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forum.models import Bookmark, Category, Reaction, ReadMark, Subscription, Thread
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, reply, start_thread
from tests.e2e.page_checks import faults_at

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def thread(site, maya, dr_okafor, dr_lind):
    room = Category.objects.create(slug="first", title="Starting", purpose="First weeks.", clinical=True, position=1)
    made = start_thread(room, PostText("With breakfast?", title="When do you take it?"), by=maya, key=uuid4())
    approve(made.revisions.get(), by=dr_okafor)
    answer = reply(made.thread, PostText("With food."), by=dr_lind, key=uuid4())
    approve(answer.revisions.get(), by=dr_okafor)
    Thread.objects.update(answer=answer)
    return Thread.objects.get()


@pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
def test_a_member_reads_reacts_bookmarks_and_follows(browse, noah, thread, script):
    page = browse(noah, java_script_enabled=script)
    page.goto("/forum/in/first/")
    expect(page.get_by_text("2 new")).to_be_visible()
    page.get_by_role("link", name="When do you take it?", exact=True).click()
    expect(page.locator(".post.clinician")).to_have_count(1)
    page.locator("#reactions-1 summary").click()
    page.get_by_role("button", name=re.compile(r"Thanks.*post 1")).click()
    expect(page.locator("#reactions-1 [aria-pressed=true]")).to_have_count(1)
    page.locator("#post-1 summary", has_text="More for post 1").click()
    page.get_by_role("button", name=re.compile(r"Bookmark.*post 1")).click()
    if not script:
        page.locator("#post-1 summary", has_text="More for post 1").click()
    expect(page.locator("#bookmark-1")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Follow this thread").click()
    expect(page.get_by_role("button", name="Follow this thread")).to_have_attribute("aria-pressed", "true")
    button = page.get_by_role("button", name="Mark as read")
    if script:
        expect(button).to_be_hidden(timeout=15_000)
    else:
        button.click()
        expect(button).to_have_count(0)
    page.goto("/forum/in/first/")
    expect(page.get_by_text("2 new")).to_have_count(0)
    page.goto("/forum/bookmarks/")
    expect(page.get_by_role("link", name="When do you take it?")).to_be_visible()
    assert [m.objects.count() for m in (Reaction, Bookmark, Subscription, ReadMark)] == [1, 1, 1, 1]


@pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
def test_a_visitor_reads_without_a_form_or_a_cookie(browse, thread, noah, script):
    Reaction.objects.create(post=thread.posts.get(position=1), by=noah, kind="thanks")
    page = browse(java_script_enabled=script)
    page.goto("/forum/")
    page.get_by_role("link", name="When do you take it?").click()
    expect(page.locator("#reactions-1")).to_contain_text("Thanks 1")
    expect(page.locator("main form")).to_have_count(0)
    page.goto("/forum/in/first/?show=answered")
    expect(page.get_by_role("link", name="When do you take it?")).to_be_visible()
    assert page.context.cookies() == []


def test_axe_finds_nothing_and_nothing_overflows(browse, thread, noah):
    addresses = ("/forum/", "/forum/in/first/", thread.get_absolute_url())
    assert [fault for who in (None, noah) for fault in faults_at(browse(who), *addresses)] == []

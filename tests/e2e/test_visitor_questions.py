"""A question without an account in a browser: asked on a phone, answered, read by code, and made a member's own."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forum.models import Category, Post, ReviewItem
from forum.moderation.text_decisions import approve, ask_for_changes
from forum.posting.posts import PostText, reply
from tests.e2e.page_checks import faults

PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def room(site, settings):
    settings.FORUM_MIN_FORM_SECONDS = 0
    return Category.objects.create(
        slug="visitors",
        title="Questions without an account",
        purpose="Anyone can ask here. Only clinicians answer.",
        clinical=True,
        for_visitors=True,
        visitor_questions_per_day=1,
        position=1,
    )


def enter(page, code, button="Show my question"):
    page.get_by_label("Your six words").fill(code)
    page.get_by_role("button", name=button).click()


def test_a_visitor_asks_reads_the_answer_and_makes_it_theirs(browse, room, maya, dr_okafor, dr_lind):
    page = browse(**PHONE)
    page.goto("/forum/")
    page.get_by_role("link", name="Ask one question without an account").click()
    assert faults(page) == []
    page.get_by_label("Your question in one line").fill("Can I drive?")
    page.get_by_label("Tell us more").fill("I begin naltrexone on Monday, and I drive a bus.")
    page.get_by_role("button", name="Send for review").click()
    code = page.locator(".code-words").inner_text().strip()
    assert (len(code.split()), page.context.cookies()) == (6, [])
    assert faults(page) == []
    _change_it(page, dr_okafor, code)
    _answer_it(dr_okafor, dr_lind)
    page.goto("/forum/ask/")
    expect(page.get_by_text("You can ask again")).to_be_visible()
    page.get_by_role("link", name="I have a code").click()
    assert faults(page) == []
    enter(page, code)
    expect(page.get_by_text("Not on the first day.")).to_be_visible()
    assert (faults(page), page.url.endswith("/forum/ask/code/"), page.context.cookies()) == ([], True, [])
    _claim_it(browse(maya, **PHONE), code)


def _change_it(page, moderator, code):
    ask_for_changes(Post.objects.get().revisions.get(), by=moderator, reason="identifying", note="Leave out your work.")
    page.get_by_role("link", name="See your question").click()
    enter(page, code)
    expect(page.get_by_text("Leave out your work.")).to_be_visible()
    page.get_by_role("button", name="Change it and send again").click()
    assert faults(page) == []
    page.get_by_label("Tell us more").fill("I begin naltrexone on Monday.")
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_role("status").first).to_contain_text("Sent. A clinician will read it")


def _answer_it(moderator, clinician):
    approve(Post.objects.get().revisions.get(state="waiting"), by=moderator)
    answer = reply(Post.objects.get().thread, PostText("Not on the first day."), by=clinician, key=uuid4())
    approve(answer.revisions.get(), by=moderator)
    assert not ReviewItem.objects.open().exists()


def _claim_it(page, code):
    page.goto("/forum/ask/claim/")
    assert faults(page) == []
    enter(page, code, "Make it mine")
    expect(page.get_by_text("The question is yours now")).to_be_visible()
    page.get_by_role("link", name="See it in the thread").click()
    expect(page.get_by_text("Anonymous member 1").first).to_be_visible()

"""A member's experience from the form to the guide and away again, on a small phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.e2e.page_checks import faults, faults_at
from tests.forum.conftest import STORY, let_undo_run_out

pytestmark = pytest.mark.usefixtures("site")
PHONE = {"viewport": {"width": 360, "height": 640}}
ANSWERS = {
    "Why did you take naltrexone?": "To drink less",
    "In which form?": "Tablets only before drinking",
    "For how long?": "Three months to a year",
    "Did it help?": "A lot",
    "Did you have side effects?": "Some, and they passed",
    "And now?": "Still taking it",
}


def write(page):
    """Go from the article to the form, and fill it in."""
    page.goto(reverse("guide:article", args=["experiences"]))
    page.get_by_role("link", name="members’ experiences").click()
    page.get_by_role("link", name="offer their own story").click()
    page.get_by_role("link", name="Write your story").click()
    for question, answer in ANSWERS.items():
        page.get_by_label(question).select_option(answer)
    page.get_by_label("Your story").fill(STORY.text)


def test_a_member_tells_a_clinician_reads_a_visitor_reads_and_the_member_withdraws(browse, maya, dr_okafor):
    page = browse(maya, **PHONE)
    write(page)
    assert faults(page) == []
    page.set_viewport_size(PHONE["viewport"])
    page.get_by_label("I agree to this").check()
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_text("A clinician will read this before it appears")).to_be_visible()
    desk = browse(dr_okafor)
    desk.goto(reverse("forum:review-queue"))
    desk.get_by_role("link", name="Experience of Maya").click()
    expect(desk.get_by_text("A story for the guide")).to_be_visible()
    assert faults(desk) == []
    desk.locator("#action-approve-experience summary").click()
    desk.get_by_role("button", name="Show it in the guide").click()
    let_undo_run_out()
    visitor = browse(**PHONE)
    visitor.goto(reverse("experiences"))
    expect(visitor.get_by_text(STORY.text)).to_be_visible()
    assert faults(visitor) == []
    page.reload()
    expect(page.get_by_text("told by “A member”")).to_be_visible()
    assert faults_at(page, reverse("forum:my-experience")) == []
    page.get_by_role("button", name="Withdraw your story").click()
    expect(page.get_by_text("No one can read it here anymore.")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("No stories yet.")).to_be_visible()
    expect(visitor.get_by_text(STORY.text)).to_have_count(0)

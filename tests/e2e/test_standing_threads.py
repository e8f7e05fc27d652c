"""A standing thread from its schedule in the admin to a member's reply, on a small phone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from forum.models import Category, Post, StandingThread
from forum.standing_threads.lifecycle import open_due_threads
from tests.conftest import person
from tests.e2e.page_checks import faults, faults_at
from tests.forum.conftest import let_undo_run_out

pytestmark = pytest.mark.usefixtures("site")
PHONE = {"viewport": {"width": 360, "height": 640}}


@pytest.fixture
def room(transactional_db):
    return Category.objects.create(slug="first", title="Starting", purpose="First weeks.", clinical=True, position=1)


def set_up(page, start):
    """Fill in the admin's form of a written hour that starts at `start`."""
    page.goto(reverse("admin:forum_threadschedule_add"))
    page.get_by_label("Title").fill("Ask a clinician")
    page.get_by_label("Body").fill("Ask your question as a reply, until we begin.")
    page.get_by_label("Category").select_option("Starting")
    page.get_by_label("Host").select_option("Dr. Okafor")
    page.get_by_label("Weekday").select_option(str(start.weekday()))
    page.get_by_label("Starts at").fill(f"{start:%H:%M}")
    page.get_by_label("Answering minutes").fill("60")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()


def test_a_schedule_opens_a_thread_that_a_colleague_approves_and_a_member_replies_to(
    browse, room, dr_okafor, dr_lind, maya
):
    start = timezone.now() + timedelta(hours=20)
    set_up(browse(person("admin", "Ada", is_superuser=True, is_staff=True)), start)
    assert open_due_threads() == 1
    queue = browse(dr_lind, **PHONE)
    queue.goto(reverse("forum:review-queue"))
    expect(queue.get_by_text("A standing thread for", exact=False)).to_be_visible()
    assert faults(queue) == []
    queue.set_viewport_size(PHONE["viewport"])
    queue.get_by_role("button", name="Open Ask a clinician").click()
    queue.locator(".thumb-bar").get_by_role("button", name="Approve").click()
    expect(queue.get_by_role("button", name="Undo")).to_be_visible()
    let_undo_run_out()
    thread = StandingThread.objects.get().thread
    page = browse(maya, **PHONE)
    page.goto(reverse("forum:index"))
    expect(page.get_by_role("heading", name="This week")).to_be_visible()
    page.get_by_role("region", name="This week").get_by_role("link", name="Ask a clinician").click()
    expect(page.get_by_text("Dr. Okafor answers on").first).to_be_visible()
    page.get_by_role("link", name="Reply", exact=True).click()
    page.get_by_label("Your post").fill("How long will the tiredness last?")
    page.wait_for_timeout(2100)  # quicker than a person would be asked to send again
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_text("How long will the tiredness last?").first).to_be_visible()
    assert faults_at(page, reverse("forum:index"), room.get_absolute_url(), thread.get_absolute_url()) == []
    assert Post.objects.filter(thread=thread, author=maya, state="waiting").count() == 1

"""The review queue by touch, by keyboard, with two moderators at once, and without JavaScript."""

import re
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from forum.appeals import questions
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_post
from forum.models import Category, Decision, ReviewItem, SavedReply
from forum.moderation.reason_templates import refusal_text, request_text
from forum.moderation.text_decisions import approve, reject
from forum.posting.posts import PostText, edit_post, start_thread
from tests.conftest import person
from tests.e2e.page_checks import faults, faults_at
from tests.forum.conftest import let_undo_run_out

PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
QUEUE = "/forum/review/"
ITEMS = 20


@pytest.fixture
def browse(browse):
    """The queue responds with 409 if a colleague was faster."""
    return partial(browse, expected="409")


@pytest.fixture
def room(transactional_db):
    return Category.objects.create(slug="first", title="Starting", purpose="First weeks.", clinical=True, position=1)


@pytest.fixture
def asked(room, maya):
    def send(number, who=None):
        return start_thread(room, PostText(f"Words {number}.", title=f"Number {number}"), by=who or maya, key=uuid4())

    return send


@pytest.fixture
def waiting(asked):
    """Twenty posts by five members."""
    people = [person(f"p{n}", f"Person {n}") for n in range(5)]
    return [asked(n, people[n % 5]) for n in range(ITEMS)]


def summary(page, action):
    """The summary that opens an action."""
    return page.locator(f"details.action-panel:has([data-action='{action}']) > summary")


def heading(page, number):
    return page.get_by_role("heading", name=f"Number {number}", exact=True)


def test_twenty_green_posts_by_thumb_on_a_small_phone(browse, waiting, dr_okafor):
    page, taps = browse(dr_okafor, **PHONE), 0
    page.goto(QUEUE)
    page.get_by_role("button", name="Next item").tap()
    for number in range(ITEMS):
        expect(heading(page, number)).to_be_visible()
        page.locator(".thumb-bar").get_by_role("button", name="Approve").tap()
        taps += 1
    expect(page.get_by_text("Nothing is waiting. Thank you.")).to_be_visible()
    assert taps + 1 <= 30
    page.wait_for_load_state("networkidle")  # a request carries out what is due too
    let_undo_run_out()  # of the last ones: the first took effect while the others were read
    assert list(Decision.objects.values_list("action", flat=True)) == ["approved"] * ITEMS


def test_twenty_green_posts_with_keys_alone(browse, waiting, dr_okafor):
    page, strokes = browse(dr_okafor, viewport={"width": 1280, "height": 800}), 0
    page.goto(QUEUE)
    page.wait_for_load_state()  # keys work once their script is there
    page.keyboard.press("n")
    for number in range(ITEMS):
        expect(heading(page, number)).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("Shift+A")
        strokes += 1
    expect(page.get_by_text("Nothing is waiting. Thank you.")).to_be_visible()
    assert strokes + 1 <= 40
    let_undo_run_out()
    assert Decision.objects.filter(action="approved").count() == ITEMS


def test_a_report_and_a_request_for_changes_with_keys(browse, asked, maya, noah, dr_okafor, dr_lind):
    post = asked(1)
    approve(post.revisions.get(), by=dr_okafor)
    report_post(post, by=noah, reason="unkind")
    asked(2)
    page = browse(dr_lind, viewport={"width": 1280, "height": 800})
    page.goto(QUEUE)
    page.wait_for_load_state()
    for key in ("n", "Shift+A"):  # the report is left as it is
        page.keyboard.press(key)
        page.wait_for_url("**/item/**", wait_until="load")
    expect(heading(page, 2)).to_be_visible()
    page.wait_for_load_state()  # the first item's address fits the pattern too
    for key in ("c", "ArrowDown", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("Please leave out the number.")
    page.keyboard.press("Meta+Enter")  # as on a Mac
    expect(page.get_by_role("button", name="Undo all 2")).to_be_visible()
    assert let_undo_run_out() == 2
    assert Decision.objects.get(action="changes").note == "Please leave out the number."


def test_keys_are_shown_and_letters_can_be_switched_off(browse, asked, maya, dr_okafor):
    asked(1)
    page = browse(dr_okafor)
    page.goto(QUEUE)
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.get_by_role("button", name="Switch letters off").click()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert page.url.endswith(QUEUE)
    page.get_by_role("button", name="Keys (?)").click()
    page.get_by_role("button", name="Switch letters on").click()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("n")
    page.wait_for_url("**/item/**")


def test_a_green_post_is_read_and_approved_in_the_list_and_the_undo_counts_down(browse, asked, maya, dr_okafor):
    asked(1)
    page = browse(dr_okafor, **PHONE)
    page.goto(QUEUE)
    page.get_by_text("Read it here").tap()
    page.get_by_role("button", name="Approve Number 1").tap()
    undo = page.get_by_role("region", name="What you can undo")
    expect(undo).to_contain_text("Approve: “Number 1”")
    expect(undo).to_contain_text("for 27 more seconds")
    page.get_by_role("button", name="Undo “Number 1”").tap()
    expect(heading(page, 1)).to_be_visible()
    assert (let_undo_run_out(), Decision.objects.count()) == (0, 0)


@pytest.mark.parametrize(("width", "height", "rows"), [(1280, 800, 10), (360, 740, 4)])
def test_the_first_screen_shows_rows_with_their_first_words(browse, waiting, dr_okafor, width, height, rows):
    page = browse(dr_okafor, viewport={"width": width, "height": height}, has_touch=width < 400)
    page.goto(QUEUE)
    row = page.locator(".queue-row").nth(rows - 1)
    box = row.bounding_box()
    assert box["y"] + box["height"] <= height
    expect(row.locator(".first-words")).to_have_text(f"Words {rows - 1}.")
    assert faults(page) == []


def test_the_list_renews_itself_and_announces_what_is_new_in_red(browse, asked, dr_okafor):
    asked(1)
    page = browse(dr_okafor)
    page.clock.install()
    page.goto(QUEUE)
    row = page.get_by_role("link", name="Number 1", exact=True)
    row.focus()
    red = asked(2)
    ReviewItem.objects.filter(post=red).update(lane=1)
    with page.expect_response("**/review/rows/**"):
        page.clock.run_for(20_000)
    expect(page.locator(".queue-row").first).to_contain_text("Words 2.")
    expect(row).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="There is a new item in red.")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1 red\) To review"))
    expect(page.locator("#review-link")).to_have_text("Review 1 in red, 2 waiting")


def test_what_is_typed_is_kept_on_the_server_and_saved_replies_are_inserted(browse, asked, dr_okafor):
    item = asked(1).review_items.get()
    SavedReply.objects.create(by=dr_okafor, title="Taper", text="Please plan it with your prescriber.")
    page = browse(dr_okafor)
    page.goto(f"{QUEUE}item/{item.pk}/")
    page.get_by_role("button", name="Claim").click()
    summary(page, "changes").click()
    asking = page.locator("[data-action='changes']")
    asking.get_by_label("Reason").select_option("dose")
    asking.get_by_role("button", name="Insert the standard text").click()
    page.get_by_text("Your saved replies (1)").click()
    page.get_by_role("button", name="Insert “Taper”").click()
    expect(asking.get_by_text("Saved as a draft. Only you see it.")).to_be_visible()
    page.reload()
    message = asking.get_by_label("Message to the author")
    expect(message).to_have_value(f"{request_text('dose')}Please plan it with your prescriber.")
    assert faults(page) == []


def test_a_moderator_takes_over_an_item_and_the_other_is_told_what_happened(browse, asked, maya, dr_okafor, dr_lind):
    post = asked(1)
    okafors = browse(dr_okafor)
    okafors.goto(QUEUE)
    okafors.get_by_role("button", name="Next item").click()
    linds = browse(dr_lind)
    linds.goto(QUEUE)
    expect(linds.get_by_text("Dr. Okafor is working on this for")).to_be_visible()
    linds.get_by_role("link", name="Number 1").click()
    linds.get_by_role("button", name="Take over").click()
    summary(linds, "approve").click()
    linds.get_by_role("button", name="Publish", exact=True).click()
    expect(linds.get_by_role("button", name="Undo “Number 1”")).to_be_visible()
    summary(okafors, "reject").click()
    refusing = okafors.locator("[data-action='reject']")
    refusing.get_by_label("Reason").select_option("spam")
    expect(refusing.locator("[data-preview]")).to_contain_text(refusal_text("spam"))
    refusing.get_by_label("Message to the author").fill("Own words.")
    expect(refusing.locator("[data-preview]")).to_contain_text("Own words.")
    okafors.get_by_role("button", name="Do not publish", exact=True).click()
    expect(okafors.get_by_role("heading", name="Someone else got there first")).to_be_visible()
    assert let_undo_run_out() == 1
    post.refresh_from_db()
    assert (post.state, Decision.objects.get().by) == ("published", dr_lind)


def test_without_javascript(browse, asked, maya, dr_okafor):
    asked(1), asked(2)
    page = browse(dr_okafor, java_script_enabled=False)
    page.goto(QUEUE)
    page.get_by_role("button", name="Next item").click()
    summary(page, "approve").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(heading(page, 2)).to_be_visible()
    summary(page, "reject").click()
    page.get_by_role("button", name="Do not publish", exact=True).click()
    expect(page.get_by_text("Choose").first.or_(page.get_by_text("required").first)).to_be_attached()
    page.locator("[data-action='reject']").get_by_label("Reason").select_option("spam")
    page.get_by_role("button", name="Do not publish", exact=True).click()
    page.get_by_role("button", name="Undo “Number 2”").click()
    expect(page.get_by_text("Undone: Do not publish. No one else saw it.")).to_be_visible()
    assert let_undo_run_out() == 1
    assert list(Decision.objects.values_list("action", flat=True)) == ["approved"]


def test_axe_finds_nothing_and_nothing_overflows(browse, asked, maya, noah, dr_okafor, dr_lind):
    public, refused, _, red = (asked(n) for n in range(4))
    approve(public.revisions.get(), by=dr_okafor, clinical="Please ask your prescriber.")
    edited = edit_post(public, PostText("Other words now.", title="Number 0"), by=maya)
    report_post(public, by=noah, reason="dose", note="Look.")
    no = reject(refused.revisions.get(), by=dr_okafor, reason="spam")
    questions.ask(no, by=maya, text="What is it?")
    appeal(no, by=maya, text="Please look again.")
    ReviewItem.objects.filter(post=red).update(lane=1, promised_at=timezone.now() - timedelta(hours=1))
    page = browse(dr_lind)
    page.goto(QUEUE)
    found = faults(page)
    items = ReviewItem.objects.open().order_by("pk")
    assert {item.kind for item in items} == {"new", "edit", "report", "question", "appeal"}
    for item in items:
        page.goto(f"{QUEUE}item/{item.pk}/")
        if claim := page.get_by_role("button", name="Claim").all():
            claim[0].click()
        if item.revision_id in (edited.pk, red.revisions.get().pk):
            page.locator("details.action-panel summary").nth(2).click()
        found += faults(page)
    assert found + faults_at(page, f"{QUEUE}removed/") == []

"""Journeys on a small phone, with and without JavaScript and by keyboard: a person in danger, someone who is worried, and
the two clinicians who answer."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import OutboxEmail
from forum.models import Category, HelpCard, ItemLogEntry, Lane, ReviewItem
from forum.moderation.help_cards import send_help_card
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, start_thread
from forum.triage import rule_store
from tests.e2e.page_checks import faults

PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
DANGER = "I can't do this any more. I am going to kill myself tonight, I have the pills here."
WITH_AND_WITHOUT = pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["js", "no-js"])


@pytest.fixture
def room(site, settings):
    settings.FORUM_MIN_FORM_SECONDS = 0
    rule_store.load()
    return Category.objects.create(slug="first", title="Starting", purpose="First weeks.", clinical=True, position=1)


@pytest.fixture
def maya(maya):
    maya.country = "GB"
    maya.save()
    return maya


@pytest.fixture
def in_danger(room, maya):
    post = start_thread(room, PostText(DANGER, title="Tonight"), by=maya, key=uuid4())
    return ReviewItem.objects.get(post=post)


def send_by_keyboard(page, button):
    page.get_by_role("button", name=button).focus()
    page.keyboard.press("Enter")


def no_faults(page, options):
    """axe needs JavaScript."""
    assert options or faults(page) == []


@WITH_AND_WITHOUT
def test_a_person_in_danger_posts_and_gets_help_lines_a_card_and_a_page_without_a_login(
    browse, room, maya, dr_okafor, dr_lind, options
):
    page = browse(maya, **PHONE, **options)
    page.goto("/forum/in/first/new/")
    page.get_by_label("Title").fill("Tonight")
    page.get_by_label("Your post").fill(DANGER)
    send_by_keyboard(page, "Send for review")
    help_now = page.get_by_role("region", name="Help now")
    expect(help_now).to_contain_text("Please read this first.", timeout=30_000)
    expect(help_now.get_by_role("link", name="Call 999")).to_have_attribute("href", "tel:999")
    expect(help_now.get_by_role("link", name="Call 116 123")).to_have_attribute("href", "tel:116123")
    no_faults(page, options)
    item = ReviewItem.objects.get()
    assert item.lane == Lane.RED
    send_help_card(maya, by=dr_okafor, kind="self-harm", item=item)
    page.goto("/account/inbox/")
    entry = page.get_by_role("listitem").filter(has_text="A clinician sent you numbers to call in United Kingdom.")
    expect(entry.get_by_role("link", name="Call 116 123").first).to_have_attribute("href", "tel:116123")
    no_faults(page, options)
    page.get_by_role("link", name=re.compile("A clinician sent you numbers to call")).click()
    expect(page.get_by_role("heading", level=1, name="Numbers to call")).to_be_visible()
    expect(page.get_by_text("You are not in trouble.")).to_be_visible()
    no_faults(page, options)
    link = re.search(r"https?://\S+(/card/\S+)", OutboxEmail.objects.get(recipient=maya).body)[1]
    stranger = browse(**PHONE, **options)
    stranger.goto(link)
    expect(stranger.get_by_role("heading", level=2, name="In United Kingdom")).to_be_visible()
    call = stranger.get_by_role("link", name="Call 999").first
    assert call.bounding_box()["height"] >= 48
    expect(stranger.get_by_text("Maya")).to_have_count(0)
    no_faults(stranger, options)
    card = HelpCard.objects.get()
    assert (card.opened_at is not None, card.link_opened_at is not None) == (True, True)


@WITH_AND_WITHOUT
def test_noah_is_worried_about_maya(browse, room, maya, noah, dr_okafor, options):
    noah.country = "IE"
    noah.save()
    post = start_thread(room, PostText("The evenings are long.", title="Evenings"), by=maya, key=uuid4())
    approve(post.revisions.get(), by=dr_okafor)
    page = browse(noah, **PHONE, **options)
    page.goto(f"/forum/post/{post.pk}/report/")
    page.get_by_label("What’s wrong?").select_option(value="worried-self-harm")
    send_by_keyboard(page, "Send the report")
    region = page.get_by_role("region", name="Help for the person you’re worried about")
    expect(region).to_contain_text("You can call for someone else")
    expect(region.get_by_role("link", name="Call 112")).to_have_attribute("href", "tel:112")
    no_faults(page, options)
    assert ReviewItem.objects.open().get().lane == Lane.RED


@WITH_AND_WITHOUT
def test_dr_okafor_sends_a_card_and_both_clinicians_close_it(browse, in_danger, maya, dr_okafor, dr_lind, options):
    address = f"/forum/review/item/{in_danger.pk}/"
    page = browse(dr_okafor, **PHONE, **options)
    page.goto("/forum/review/")
    page.get_by_role("button", name=re.compile("^Open")).click()
    expect(page).to_have_url(re.compile(address))
    no_faults(page, options)
    first = page.locator(".action-panel > summary").first
    expect(first).to_contain_text("Person in danger: send a help card")
    first.click()
    page.get_by_label("suicide or self-harm").check()
    page.get_by_role("button", name="Show the card").click()
    expect(page.get_by_role("heading", name="What Maya will see")).to_be_visible()
    no_faults(page, options)
    send_by_keyboard(page, "Send this card to Maya")
    expect(page.get_by_role("button", name="Undo: don’t send it")).to_be_visible()
    for who in (dr_okafor, dr_lind):
        HelpCard.objects.update(sent_at=timezone.now() - timezone.timedelta(minutes=2))
        ReviewItem.objects.update(claimed_by=None, claimed_until=None)
        tab = browse(who, **PHONE, **options)
        tab.goto(address)
        tab.locator("summary", has_text="Person in danger: close the help card").click()
        tab.get_by_label("Your assessment (moderators only)").first.fill("She called the line.")
        tab.get_by_role("button", name="Close it for my part").click()
        expect(tab.get_by_text("You closed the help card for your part.")).to_be_visible()
    card = HelpCard.objects.get()
    assert {card.closed_by, card.second_closed_by} == {dr_okafor, dr_lind}
    page.goto(address)
    expect(page.get_by_text("Two clinicians have closed it.")).to_be_visible()
    expect(page.locator("summary", has_text="Person in danger: send another help card")).to_be_visible()
    expect(page.get_by_role("button", name="Close it for my part")).to_have_count(0)


@WITH_AND_WITHOUT
def test_a_lane_is_raised_and_the_slip_undone(browse, room, maya, dr_okafor, options):
    post = start_thread(room, PostText("We plan a holiday.", title="Spring"), by=maya, key=uuid4())
    item = ReviewItem.objects.get(post=post)
    page = browse(dr_okafor, **PHONE, **options)
    page.goto(f"/forum/review/item/{item.pk}/")
    page.locator("summary", has_text="Urgent: change the lane").click()
    page.get_by_label("Why (moderators only; it stays in the log)").fill("A slip of the finger.")
    page.get_by_role("button", name="Change the lane").click()
    item.refresh_from_db()
    assert item.lane == Lane.RED
    send_by_keyboard(page, "Undo")
    expect(page.get_by_text("Undone.", exact=True)).to_be_visible()
    no_faults(page, options)
    item.refresh_from_db()
    assert (item.lane, ItemLogEntry.objects.count()) == (Lane.GREEN, 2)


def test_the_preview_of_a_clinical_note_follows_the_typing(browse, room, maya, dr_okafor):
    post = start_thread(room, PostText("Can I take it with food?", title="Food"), by=maya, key=uuid4())
    page = browse(dr_okafor)
    page.goto(f"/forum/review/item/{ReviewItem.objects.get(post=post).pk}/")
    page.keyboard.press("n")
    page.get_by_label("Clinical note").fill("Take *50 mg* with **food**.")
    panel = page.locator("form[data-action='note']")
    expect(panel.locator(".effects strong")).to_have_text("food")
    expect(panel.get_by_text("Readers will see “50” where you typed “*50”.")).to_be_visible()
    assert faults(page) == []


@WITH_AND_WITHOUT
def test_the_steps_of_an_overdose_and_a_search_in_danger_on_a_phone(browse, site, options):
    page = browse(**PHONE, **options)
    page.goto("/guide/overdose/")
    steps, summary = page.get_by_text("Overdose: five steps"), page.get_by_text("In short", exact=True)
    assert steps.bounding_box()["y"] < summary.bounding_box()["y"]
    assert page.locator("#text a[href='tel:911']").first.bounding_box()["y"] < 700
    no_faults(page, options)
    page.goto("/search/?q=how+many+pills+to+die")
    box = page.get_by_role("complementary", name="Help now").bounding_box()
    for number in page.locator(".urgent .number").all():
        found = number.bounding_box()
        assert found["x"] + found["width"] <= box["x"] + box["width"] - 8
    no_faults(page, options)

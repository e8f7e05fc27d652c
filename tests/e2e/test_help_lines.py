"""Help lines and help cards in a browser: the reader's country first, big buttons, keys, a phone, and no JavaScript."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forum.models import Category, HelpCard, ReviewItem
from forum.moderation.help_cards import send_help_card
from forum.notifications.help_cards import card_token
from forum.posting.posts import PostText, start_thread
from guide.models import HelpLineReport
from tests.e2e.page_checks import faults

PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def item(site, maya):
    category = Category.objects.create(slug="first", title="Starting", purpose="First weeks.", position=1)
    post = start_thread(category, PostText("We plan a holiday.", title="Spring"), by=maya, key=uuid4())
    return ReviewItem.objects.get(post=post)


def open_countries(page):
    return page.evaluate(
        "[...document.querySelectorAll('.help-panel details.help-country[open]')].map((d) => d.dataset.country)"
    )


def test_the_browsers_region_comes_first_and_is_remembered_only_after_a_click(browse, site):
    page = browse(locale="en-IE", **PHONE)
    page.goto("/")
    page.get_by_text("Need help now?").click()
    assert open_countries(page) == ["IE"]
    first = page.locator(".help-panel details.help-country").first
    expect(first).to_have_attribute("data-country", "IE")
    sizes = first.locator("a.button").evaluate_all("all => all.map((a) => a.getBoundingClientRect().height)")
    assert min(sizes) >= 48
    rows = first.locator("li").evaluate_all("all => all.map((li) => li.getBoundingClientRect().width)")
    assert len(set(rows)) == 1
    assert page.evaluate("localStorage.length") == 0
    page.locator(".help-panel summary", has_text="New Zealand").click()
    page.get_by_role("button", name="Always show New Zealand first on this device").click()
    page.reload()
    page.get_by_text("Need help now?").click()
    assert open_countries(page) == ["NZ"]
    page.goto("/help-now/")
    expect(page.locator("main details.help-country").first).to_have_attribute("data-country", "NZ")
    assert page.context.cookies() == []
    assert faults(page) == []


def test_without_javascript_every_country_is_a_fold_with_its_number(browse, site):
    page = browse(java_script_enabled=False, **PHONE)
    page.goto("/help-now/")
    fold = page.locator("main details#lines-IE")
    expect(fold.locator("summary")).to_contain_text("112")
    fold.locator("summary").click()
    expect(fold.get_by_role("link", name="Call 116 123")).to_be_visible()


def test_a_card_is_opened_by_its_own_key_and_sent_by_two_steps(browse, item, maya, dr_okafor):
    maya.country = "GB"
    maya.save()
    page = browse(dr_okafor)
    page.goto(f"/forum/review/item/{item.pk}/")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.keyboard.press("!")
    page.get_by_label("suicide or self-harm").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="What Maya will see")).to_be_visible()
    assert HelpCard.objects.count() == 0
    page.get_by_role("button", name="Send this card to Maya").click()
    expect(page.get_by_role("button", name="Undo: don’t send it")).to_be_visible()
    assert HelpCard.objects.get().country == "GB"


def test_the_card_on_a_phone_with_and_without_javascript(browse, item, maya, dr_okafor):
    card = send_help_card(maya, by=dr_okafor, kind="self-harm", item=item, country="")
    for options in ({}, {"java_script_enabled": False}):
        page = browse(**PHONE, **options)
        page.goto(f"/card/{card_token(card)}/")
        page.get_by_role("link", name="Ireland", exact=True).click()
        expect(page.get_by_role("heading", name="In Ireland")).to_be_visible()
        expect(page.get_by_role("link", name="Call 116 123").first).to_be_visible()
        if not options:
            assert faults(page) == []


def test_a_wrong_line_is_reported_in_three_taps_without_an_account(browse, site):
    page = browse(locale="en-IE", **PHONE)
    page.goto("/help-now/")
    page.locator("#lines-IE li", has_text="116 123").get_by_role("link", name="Wrong?").tap()
    page.get_by_label("No one answers, or the number doesn’t exist").check()
    page.get_by_role("button", name="Send").tap()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page.get_by_role("link", name="Call 112").last).to_be_visible()
    assert HelpLineReport.objects.get().shown == "116 123"
    page.go_back()
    assert faults(page) == []
    page.goto("/open-data/")
    assert faults(page) == []

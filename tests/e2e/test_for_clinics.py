"""The pages for clinics and libraries in a browser: accessible, and a card can be copied."""

import pytest
from django.urls import reverse

from tests.e2e.page_checks import faults, faults_at

pytestmark = pytest.mark.browser


def test_the_pages_have_no_faults(site, page):
    assert faults_at(page, f"{site}/for-clinics/", f"{site}/open-data/") == []
    page.goto(f"{site}/for-clinics/cards/overdose/")
    for summary in page.locator("main summary").all():
        summary.click()
    assert faults(page) == []


def test_a_card_is_copied_as_html(site, page, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/for-clinics/cards/overdose/")
    page.get_by_role("heading", name="Can naloxone do harm?").click()
    page.get_by_role("button", name="Copy the HTML").click()
    page.get_by_role("status").get_by_text("Copied.").wait_for(state="attached")
    copied = page.evaluate("navigator.clipboard.readText()")
    address = f"{site}{reverse('api-section-card', args=['overdose', 'can-naloxone-do-harm'])}"
    assert copied == page.request.get(address).text()

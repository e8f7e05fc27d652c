"""Under a draft about danger no suggestion says that it may already be answered."""

import pytest
from django.urls import reverse


@pytest.fixture
def rules(loaded_rules, db):
    """The starting triage rules."""


@pytest.mark.parametrize(
    "draft",
    [
        {"title": "I cannot go on"},
        {"title": "I can’t go on", "body": ""},
        {"title": "Sleeping badly", "body": "I want to kill myself tonight."},
    ],
)
def test_no_suggestion_stands_under_a_draft_about_danger(client, rules, published, maya, noah, draft):
    published(noah, "One.", title="Sleeping badly")
    client.force_login(maya)
    html = client.post(reverse("forum:similar-fragment"), draft).content.decode()
    help_lines = (reverse("help-now") in html, reverse("guide:article", args=["overdose"]) in html)
    assert (help_lines, "may already be answered" in html, "Sleeping badly" in html) == ((True, True), False, False)


def test_suggestions_on_the_page_are_emptied_when_the_text_becomes_about_danger(client, rules, maya):
    client.force_login(maya)
    advice = reverse("forum:advice-fragment")
    for body, emptied in (("I want to kill myself tonight.", True), ("The tablets work well.", False)):
        html = client.post(advice, {"title": "Sleeping badly", "body": body}).content.decode()
        assert ('<div id="similar-threads" hx-swap-oob="innerHTML"></div>' in html) is emptied

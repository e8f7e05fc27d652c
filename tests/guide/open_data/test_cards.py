"""Cards: what another site shows of the guide says where it is from, of when it is, and who reviewed it."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from guide.models import Article, FormerSlug, Question
from guide.review.workflow import publish_urgently
from tests.guide.review.conftest import approved, proposed, row_proposed

pytestmark = pytest.mark.usefixtures("module_guide", "db")
SECTION = ("taking-it", "my-injection-is-late")


def card(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
    return answer.content.decode()


def day(at):
    return date_format(at, "j F Y")


def test_a_section_has_its_text_link_dates_status_and_sources(client):
    html = card(client, "api-section-card", *SECTION)
    live = Article.objects.get(slug="taking-it").live
    assert html.startswith('<article lang="en"><h3>My injection is late</h3>')
    assert "Call the clinic today." in html
    assert f'<a href="{settings.SITE_ADDRESS}/guide/taking-it/#my-injection-is-late">{live.title}</a>' in html
    assert "Not yet reviewed by a clinician." in html
    assert f"Written {day(live.written_on)}. Copied {day(timezone.now())}." in html
    numbers = {int(n) for run in re.findall(r"<sup>\[([\d, ]+)\]</sup>", html) for n in run.split(",")}
    assert numbers == {int(n) for n in re.findall(r'<li value="(\d+)">', html.partition("Copied")[2])}


def test_the_safety_messages_of_the_page_are_named(client):
    html = card(client, "api-section-card", *SECTION)
    assert "Read this first:</strong> " in html
    assert "After a break, the amount of opioids you used to take can kill you" in html


def test_a_card_needs_nothing_of_the_other_site(client):
    for row in Question.objects.all():
        html = card(client, "api-question-card", row.slug)
        assert not re.search(r"<(script|style|iframe|img|svg|form|link)| (class|id|style|on\w+)=", html)
        assert not re.search(r'href="(?!https?://|tel:|sms:)', html)


def test_the_signature_is_named(client, elif_, dr_okafor):
    approved(proposed(Article.objects.get(slug="history"), elif_, "## One\n\nNew text.[^site]"), elif_, dr_okafor)
    assert f"Reviewed by Dr. Okafor, physician on {day(timezone.now())}; next review due" in card(
        client, "api-section-card", "history", "one"
    )


def test_a_text_published_before_its_review_says_so(client, elif_):
    publish_urgently(
        proposed(Article.objects.get(slug="history"), elif_, "## One\n\nNew text.[^site]"), by=elif_, reason="Wrong."
    )
    row = Question.objects.first()
    publish_urgently(row_proposed(row, elif_, question="Is this put otherwise?"), by=elif_, reason="It was wrong.")
    assert "no one but its author has reviewed this text yet" in card(client, "api-section-card", "history", "one")
    assert "No one but its author has reviewed this yet." in card(client, "api-question-card", row.slug)


def test_a_section_that_is_gone_is_not_found_and_a_former_address_leads_on(client):
    assert client.get(reverse("api-section-card", args=["history", "gone"])).status_code == 404
    assert client.get(reverse("api-question-card", args=["gone"])).status_code == 404
    FormerSlug.objects.create(slug="past", article=Article.objects.get(slug=SECTION[0]))
    answer = client.get(reverse("api-section-card", args=["past", SECTION[1]]))
    assert (answer.status_code, answer["Location"]) == (301, reverse("api-section-card", args=SECTION))

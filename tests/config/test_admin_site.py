"""Editors whose session expired see their text again; text sent by another site is not shown."""

import re
from html import unescape

import pytest
from django.test import Client

from guide.models import Question
from guide.review.revisions import write_revision
from tests.conftest import PersonsClient
from tests.guide.editor.test_article_views import BASE, Draft, change, form_of
from tests.guide.review.conftest import form_url

LONG = BASE + "\n\n## More\n\nFour, written by hand.[^site]"


@pytest.fixture
def sheet(article, elif_):
    begun = write_revision(article, Draft("Small", "A small page.", "Short.[^site]", BASE), by=elif_)
    return form_of(article, begun, body=LONG, note="Four is new")


def fields(answer):
    """Return the data that the form in this page would submit."""
    html = answer.content.decode().partition('class="form"')[2]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html)
    texts = re.findall(r'<textarea[^>]*\sname="([^"]+)"[^>]*>\n(.*?)</textarea>', html, re.S)
    return {name: unescape(value) for name, value in [*hidden, *texts] if name != "csrfmiddlewaretoken"}


def test_typed_text_is_shown_again_and_can_be_saved_after_login(article, sheet, elif_):
    browser = PersonsClient()
    answer = browser.post(change(article), sheet)
    assert (answer.status_code, article.revisions.count()) == (403, 2)
    sent = fields(answer)
    assert {name: sent[name] for name in ("body", "note", "title")} == {
        "body": LONG,
        "note": "Four is new",
        "title": "Small",
    }
    browser.force_login(elif_)
    assert browser.post(change(article), sent).status_code == 302
    assert article.revisions.order_by("-number").first().body == LONG


def test_a_changed_csrf_token_loses_no_text(article, sheet, elif_):
    browser = PersonsClient(enforce_csrf_checks=True)
    browser.force_login(elif_)
    answer = browser.post(change(article), sheet)
    assert (answer.status_code, fields(answer)["body"], article.revisions.count()) == (403, LONG, 2)
    token = answer.cookies["csrftoken"].value
    assert browser.post(change(article), fields(answer) | {"csrfmiddlewaretoken": token}).status_code == 302


def test_text_sent_by_another_site_is_not_shown(article, sheet, elif_):
    browser = PersonsClient(enforce_csrf_checks=True)
    browser.force_login(elif_)
    answer = browser.post(change(article), sheet, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, LONG[-20:] in answer.content.decode()) == (403, False)


def test_submitted_fields_of_reference_rows_are_shown_again(guide):
    answer = Client().post(form_url(Question.objects.first()), {"question": "What if I typed this for a long while?"})
    assert (answer.status_code, fields(answer)) == (403, {"question": "What if I typed this for a long while?"})


def test_secrets_are_not_shown_again(db):
    answer = Client().post(
        "/admin/password_change/", {"new_password1": "a secret that is longer than forty characters"}
    )
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/admin/login/")


def test_reading_without_a_login_leads_to_the_entrance(db):
    assert Client().get("/admin/guide/article/").url == "/admin/login/?next=/admin/guide/article/"

import re
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.usefixtures("guide")


def test_a_csrf_failure_is_explained_in_plain_words():
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/guide/faq/feedback/", {"helpful": "yes"})
    assert answer.status_code == 403
    html = answer.content.decode()
    assert "Please send it again" in html
    assert f"– {settings.SITE_NAME}</title>" in html


def test_security_txt_names_the_owners_contact_and_expires_within_a_year(client, settings):
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    answer = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert answer["Content-Type"].startswith("text/plain")
    assert (fields["Contact"], fields["Canonical"]) == (
        "mailto:security@example.org",
        "http://testserver/.well-known/security.txt",
    )
    assert timedelta(0) < datetime.fromisoformat(fields["Expires"]) - timezone.now() < timedelta(days=365)


def test_password_managers_find_the_page_for_a_new_password(client):
    assert client.get("/.well-known/change-password").url == "/account/password/change/"


def test_error_pages_that_need_no_database_show_the_same_help_lines(root):
    pages = [" ".join((root / "templates" / name).read_text().split()) for name in ("500.html", "503.html")]
    help_lines = [page.partition("<strong>In danger now?</strong>")[2].partition("</p>")[0] for page in pages]
    assert "988" in help_lines[0]
    assert help_lines[0] == help_lines[1]


def test_the_page_that_the_proxy_shows_has_no_template_tags(root):
    assert not {"{%", "{{", "{#"} & set(re.findall(r"\{.", (root / "templates/503.html").read_text()))


def test_every_page_links_to_the_neutral_address_of_the_settings(client, settings):
    settings.LEAVE_ADDRESS = "https://weather.example.org/today"
    link = '<a class="button" href="https://weather.example.org/today" rel="noreferrer nofollow" data-leave>'
    for path in ("/", "/guide/", "/forum/", "/leave/", "/account/login/", "/not-there/"):
        assert link in client.get(path).content.decode()
    assert ">weather.example.org</a>" in client.get("/leave/").content.decode()

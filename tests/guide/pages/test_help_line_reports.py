"""“Wrong?” beside a help line: without an account, limited, read for danger, and urgent if people call the line in danger."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Notification
from forum.models import OutsideText
from guide.dashboard.panels import digest_lines, panel_for
from guide.models import HelpLine, HelpLineReport
from tests.conftest import EDITORS, logged_in, person

pytestmark = pytest.mark.usefixtures("module_guide", "loaded_rules", "db")


@pytest.fixture
def crisis():
    return HelpLine.objects.get(country="IE", need="crisis")


@pytest.fixture
def treatment():
    return HelpLine.objects.filter(country="IE", need="treatment").first()


def send(client, line, comment="It rang for ever.", problem="no-answer"):
    url = reverse("guide:report-help-line", args=[line.pk])
    return client.post(url, {"problem": problem, "comment": comment}, follow=True)


def test_each_line_of_the_page_has_the_form(client, crisis):
    page = client.get("/help-now/").content.decode()
    for line in HelpLine.objects.all():
        assert f'href="/guide/help-line/{line.pk}/wrong/"' in page
    form = client.get(f"/guide/help-line/{crisis.pk}/wrong/").content.decode().partition("<main")[2]
    assert "<strong>116 123</strong>" in form
    assert "What happened, or what is right? <span" in form
    others = form.partition("If you need help now, try these")[2]
    assert 'href="tel:112"' in others
    assert 'href="sms:50808' in others
    assert 'href="tel:116123"' not in others


def test_a_report_stores_what_was_shown_and_nothing_about_the_reader(client, crisis):
    page = send(client, crisis).content.decode()
    assert "The editors will check “Samaritans" in page
    report = HelpLineReport.objects.get()
    assert (report.line, report.shown, report.problem, report.comment) == (
        crisis,
        "116 123",
        "no-answer",
        "It rang for ever.",
    )
    assert {field.name for field in HelpLineReport._meta.fields} == {
        *("id", "line", "shown", "problem", "comment", "created_at", "closed", "answer"),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpLineReport.objects.update(problem="rude")


def test_without_a_choice_what_was_typed_stays(client, crisis):
    page = send(client, crisis, problem="", comment="It is 116 124 now.").content.decode()
    assert "Choose what’s wrong." in page
    assert "It is 116 124 now." in page
    assert not HelpLineReport.objects.exists()


def test_reports_are_limited_by_the_hour(client, treatment):
    for _ in range(12):
        page = send(client, treatment, comment="Once more.").content.decode()
    assert HelpLineReport.objects.count() == 10
    assert "Try again later." in page
    assert "Once more." in page


def test_danger_in_a_report_shows_help_at_once_and_goes_to_the_clinicians(client, treatment):
    page = send(client, treatment, comment="No one answered and I want to kill myself tonight.").content.decode()
    assert 'href="tel:988"' in page.partition("<main")[2]
    assert OutsideText.objects.get().source == "feedback"
    assert HelpLineReport.objects.count() == 1


def test_editors_hear_at_once_of_a_line_for_danger_and_once_until_it_is_closed(client, crisis, treatment, elif_):
    retired = person("ada", "Ada", EDITORS, is_staff=False)
    send(client, treatment)
    assert not Notification.objects.exists()
    for _ in range(2):
        send(client, crisis)
    told = Notification.objects.get()
    first = HelpLineReport.objects.filter(line=crisis).order_by("pk").first()
    assert (told.recipient, told.url) == (elif_, f"/admin/guide/helplinereport/{first.pk}/change/")
    assert told.sentence.startswith("A reader says that a help line is wrong: IE: Samaritans")
    assert told.mail_due_at is not None
    assert retired.notifications.count() == 0
    HelpLineReport.objects.update(closed=True)
    send(client, crisis)
    assert Notification.objects.count() == 2


def test_the_dashboard_shows_lines_for_danger_first_and_as_urgent(client, crisis, treatment, elif_):
    send(client, treatment)
    assert not panel_for(elif_, "help-lines").urgent
    send(client, crisis)
    send(client, treatment)
    panel = panel_for(elif_, "help-lines")
    assert (panel.total, panel.urgent) == (3, True)
    assert panel.rows[0].text.startswith("IE: Samaritans")
    assert panel.rows[0].text.endswith(", 116 123: No one answers, or the number doesn’t exist")
    assert "3 about help lines that readers say are wrong" in digest_lines(elif_)


def test_an_editor_follows_a_report_to_the_line_and_closes_it(client, crisis, elif_, maya):
    send(client, crisis)
    page = reverse("admin:guide_helplinereport_change", args=[HelpLineReport.objects.get().pk])
    editor = logged_in(elif_)
    assert f'href="/admin/guide/helpline/{crisis.pk}/change/"' in editor.get(page).content.decode()
    editor.post(page, {"answer": "Called: it works.", "closed": "on", "comment": "changed"})
    report = HelpLineReport.objects.get()
    assert (report.answer, report.closed, report.comment) == ("Called: it works.", True, "It rang for ever.")
    assert editor.post(page.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert logged_in(maya).get(page).status_code == 302

"""What administrators change in the admin counts at once, and each version stays."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import send_mail
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import site_settings
from accounts.models import Notification, OutboxEmail, SiteSettings
from accounts.notifications.inbox import notify, queue_emails
from accounts.notifications.outbox import send_emails
from accounts.profiles.names import LIKE_THE_TEAM, public_concerns
from core import page_cache
from forum.models import Lane
from forum.publishing.queue_items import promised_time
from tests.conftest import logged_in, person

ADD = reverse("admin:accounts_sitesettings_add")


@pytest.fixture
def boss(db):
    return person("boss", "Boss", is_staff=True, is_superuser=True)


def changed(client, callbacks, **values):
    """Save the form with these changes."""
    with callbacks(execute=True):
        form = client.get(ADD).context["adminform"].form
        return client.post(ADD, form.initial | {"reason": "We are more now."} | values)


@pytest.fixture
def save(boss, django_capture_on_commit_callbacks):
    client = logged_in(boss)
    return lambda **values: changed(client, django_capture_on_commit_callbacks, **values)


def test_the_first_values_are_those_of_the_settings(db, settings):
    settings.FORUM_READ_ONLY_HOURS = 7
    assert site_settings.current().read_only_hours == 7
    assert promised_time(Lane.RED) == timedelta(minutes=15)


def test_a_change_counts_at_once_and_is_told_to_administrators(save, boss):
    chief = person("chief", "Chief", is_staff=True, is_superuser=True)
    assert save(red_minutes=10, green_minutes=600, read_only_hours=0).status_code == 302
    assert [promised_time(lane) for lane in Lane] == [timedelta(minutes=n) for n in (10, 240, 600)]
    assert site_settings.current().read_only_hours == 0
    told = Notification.objects.filter(sentence="Someone changed the site’s settings.")
    assert {n.recipient for n in told} == {boss, chief}
    version = SiteSettings.objects.get()
    assert (version.by, version.reason) == (boss, "We are more now.")


def test_mails_have_the_new_sender_and_subject(save, maya):
    save(mail_sender_name="HQ Notes", mail_subject="A note for you")
    OutboxEmail.objects.all().delete()
    Notification.objects.all().delete()
    notify(maya, "export", "Hello.", "/")
    Notification.objects.of(maya).update(mail_due_at=Notification.objects.get().created_at)
    queue_emails()
    send_mail("A code", "123", None, ["noah@example.org"])
    send_emails()
    assert {sent.from_email for sent in mail.outbox} == {"HQ Notes <accounts@localhost>"}
    assert {sent.subject for sent in mail.outbox} == {"A note for you", "A code"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"mail_subject": "Your naltrexone news"}, "Leave out “naltrex”."),
        ({"mail_sender_name": "The Recovery Forum"}, "Leave out “Recover”."),
        ({"mail_subject": "News\nBcc: a@example.org"}, "Use one line of plain text."),
        ({"amber_minutes": 10}, "More urgent posts must be read sooner"),
        ({"red_minutes": 600}, "less than or equal to 60"),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_what_would_harm_is_refused(save, wrong, words):
    page = save(**wrong)
    assert (page.status_code, words in page.content.decode()) == (200, True)
    assert not SiteSettings.objects.exists()


def test_each_version_stays(save, boss):
    save(read_only_hours=12)
    save(read_only_hours=48)
    assert [version.read_only_hours for version in SiteSettings.objects.all()] == [48, 12]
    with pytest.raises(InternalError), transaction.atomic():
        SiteSettings.objects.update(read_only_hours=1)
    values = site_settings.current()._replace(red_minutes=60, amber_minutes=30)
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteSettings.objects.create(**values._asdict(), reason="x", by=boss)


def test_the_form_starts_from_what_is_in_force(save, boss):
    save(red_minutes=20)
    page = logged_in(boss).get(ADD)
    assert page.context["adminform"].form.initial["red_minutes"] == 20


def test_only_administrators_change_them(vera, elif_, dr_okafor):
    for who in (vera, elif_, dr_okafor):
        assert logged_in(who).get(ADD).status_code == 403


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", 'content="Plain Words"'),
        ("/about/", "Plain Words is a small team"),
        ("/about/", "– Plain Words</title>"),
        ("/guide/changes.atom", "<title>Plain Words: changes to the guide</title>"),
        ("/site.webmanifest", '"short_name": "Plain Words"'),
    ],
)
def test_the_name_of_the_site_is_on_every_page_at_once(address, words, save, client):
    assert "GetNaltrexone" in client.get(address).content.decode()  # cached from now on
    save(site_name="Plain Words")
    page = client.get(address).content.decode()
    assert words in page
    assert "GetNaltrexone" not in page


def test_the_admin_and_cards_have_the_name_of_the_site(save, boss, client, article):
    save(site_name="Plain Words")
    assert "Plain Words" in logged_in(boss).get("/admin/").content.decode()
    assert "Plain Words" in client.get(reverse("api-section-card", args=["small", "one"])).content.decode()


def test_a_moderator_reviews_a_member_who_takes_the_name_of_the_site(save, noah):
    assert public_concerns("Plain Words", user=noah) == []
    save(site_name="Plain Words")
    assert public_concerns("P1ain Words", user=noah) == [LIKE_THE_TEAM]


def test_members_pages_ask_for_the_settings_at_most_once_a_minute(maya):
    client = logged_in(maya)
    page_cache.shared().delete(site_settings.KEY)
    with CaptureQueriesContext(connection) as queries:
        for address in ("/", "/about/", "/account/settings/"):
            client.get(address)
    assert len([query for query in queries if "accounts_sitesettings" in query["sql"]]) == 1

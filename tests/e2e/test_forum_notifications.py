"""A follower is notified of an approved thread, in the header and by email."""

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from accounts.notifications.inbox import queue_emails, set_deliveries
from accounts.notifications.outbox import send_emails
from forum.models import Category
from tests.e2e.test_accounts import mailbox  # noqa: F401
from tests.forum.conftest import let_undo_run_out

TITLE, WORDS = "Is a headache normal?", "Since Monday my head aches."

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def room(transactional_db):
    return Category.objects.create(slug="first", title="First weeks", purpose="Begin here.", position=1)


def ask(page):
    page.goto("/forum/in/first/new/")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Your post").fill(WORDS)
    page.wait_for_timeout(2100)  # quicker than a person would be asked to send again
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_role("heading", name="Your post")).to_be_visible()


def let_through(page):
    page.goto("/forum/review/")
    page.get_by_role("link", name=TITLE).click()
    page.locator("summary", has_text="Approve").first.click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("h1")).to_have_text("To review")
    assert let_undo_run_out() == 1


def check_mail(mailbox, maya, noah):  # noqa: F811
    """The email to Maya is discreet and has a one-click unsubscribe."""
    queue_emails()
    send_emails()
    (mail,) = [mail for envelope, mail in mailbox.letters if envelope.rcpt_tos == [maya.email]]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith(f"<{django_settings.SITE_ADDRESS}/")
    seen = f"{mail['Subject']} {mail['From']} {mail.get_content()}".lower()
    secrets = [TITLE, WORDS, "naltrexone", "headache", "first weeks", noah.display_name, maya.display_name]
    assert [word for word in secrets if word.lower() in seen] == []


@pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
def test_a_follower_is_notified_of_a_new_thread(browse, room, mailbox, settings, maya, noah, dr_okafor, script):  # noqa: F811
    settings.MAIL_BURST_SECONDS = 0
    set_deliveries(maya, {"room": "at-once"})
    mayas, noahs, okafors = (browse(p, java_script_enabled=script) for p in (maya, noah, dr_okafor))
    mayas.goto("/forum/in/first/")
    mayas.get_by_role("button", name="Follow this category").click()
    expect(mayas.get_by_role("button", name="Follow this category")).to_have_attribute("aria-pressed", "true")
    ask(noahs)
    mayas.reload()
    expect(mayas.locator(".account-menu .unread")).to_have_count(0)  # what waits is told to nobody
    let_through(okafors)
    mayas.reload()
    expect(mayas.locator(".account-menu .unread")).to_have_text("1 new")
    check_mail(mailbox, maya, noah)
    mayas.goto("/account/inbox/")
    mayas.get_by_role("link", name="which you follow").click()
    expect(mayas.locator("h1")).to_have_text(TITLE)
    if not script:
        mayas.goto("/account/inbox/")
        mayas.get_by_role("button", name="Mark all as read").click()
    else:
        mayas.wait_for_timeout(500)  # the browser says by itself that it was opened
    mayas.goto("/forum/")
    expect(mayas.locator(".account-menu .unread")).to_have_count(0)

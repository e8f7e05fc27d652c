"""Sign-up, login and second factors in a browser, with a real SMTP server."""

import re
import socket
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.utils import timezone
from playwright.sync_api import expect

from accounts.notifications.outbox import send_emails
from tests.accounts.login_steps import PASSWORD
from tests.conftest import person
from tests.e2e.page_checks import faults, faults_at

CODE = re.compile(r"^ +([B-Z]{4}-[B-Z]{4})\r?$", re.MULTILINE)


class Mailbox:
    """Stores the emails handed to the SMTP server."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append((envelope, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"

    def code(self):
        """Send due emails and return the code in the last one."""
        assert send_emails() == 1
        return CODE.search(self.letters[-1][1].get_content())[1]


@pytest.fixture
def mailbox(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAIL_CARRIER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    controller.stop()


def digits(secret):
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))


def fill_in(page, email, name, password=PASSWORD):
    page.get_by_label("Name on this site").fill(name)
    page.get_by_label("E-mail address").fill(email)
    if password:
        page.get_by_label("Password").fill(password)
    page.get_by_label("I am 18 or older.").check()
    page.get_by_label("I have read the house rules").check()


def log_in(page, site, email, password=PASSWORD):
    page.goto(f"{site}/account/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()


def log_out(page):
    page.locator(".account-menu summary").click()
    page.locator(".account-panel").get_by_role("button", name="Log out").click()


def add_key_holder(page):
    """A virtual WebAuthn authenticator."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    able = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    kind = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, **able}})


def test_signing_up_with_a_password_and_logging_in_with_a_code(watched, site, mailbox):
    watched.goto(f"{site}/account/signup/")
    watched.get_by_label("Name on this site").press_sequentially("Dr Heron", delay=10)
    expect(watched.locator("#name-check")).to_contain_text("A moderator has to approve “Dr Heron”")
    offer = watched.locator(".offers button").first
    name = offer.text_content()
    offer.click()
    expect(watched.locator("#name-check")).to_contain_text(f"“{name}” is available.")
    fill_in(watched, "new@example.org", name)
    watched.get_by_role("button", name="Sign up").click()
    watched.get_by_label("Code").fill(mailbox.code().lower())
    watched.get_by_role("button", name="Continue").click()
    expect(watched.locator("h1")).to_have_text(f"Welcome, {name}")
    log_out(watched)
    expect(watched.get_by_role("link", name="Log in")).to_be_visible()
    watched.goto(f"{site}/account/login/")
    watched.get_by_role("link", name="Send me a code").click()
    watched.get_by_label("E-mail").fill("new@example.org")
    watched.get_by_role("button", name="Send me a code").click()
    watched.get_by_label("Code").fill(mailbox.code())
    watched.get_by_role("button", name="Continue").click()
    expect(watched.locator("h1")).to_have_text(name)


def test_the_email_handed_to_the_smtp_server_is_discreet(watched, site, mailbox):
    watched.goto(f"{site}/account/login/code/")
    watched.get_by_label("E-mail").fill("nobody@example.org")
    watched.get_by_role("button", name="Send me a code").click()
    expect(watched.locator("h1")).to_have_text("Enter the code from our email")
    assert send_emails() == 1
    ((envelope, letter),) = mailbox.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == ("accounts@localhost", ["nobody@example.org"])
    assert letter["From"] == "GN Accounts <accounts@localhost>"
    assert (letter["Subject"], letter["To"]) == ("Your request", "nobody@example.org")
    assert letter["Message-ID"].endswith("@mail.invalid>")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert {"User-Agent", "X-Mailer", "X-Originating-IP"} & set(letter.keys()) == set()
    assert letter.get_content_type() == "text/plain"
    assert not re.search("naltrexone|guide|http|127.0.0.1", letter.as_string(), re.IGNORECASE)


def test_an_authenticator_app_is_added_and_asked_for(watched, site):
    maya = person("maya", "Maya")
    log_in(watched, site, maya.email, "pw")
    watched.get_by_role("link", name="Add one").click()
    watched.get_by_role("link", name="Add an app").click()
    watched.get_by_label("Password").fill("pw")
    watched.get_by_role("button", name="Continue").click()
    secret = watched.locator(".secret").text_content()
    watched.get_by_label("Authenticator code").fill(digits(secret))
    watched.get_by_role("button", name="Use this app").click()
    expect(watched.locator(".codes li")).to_have_count(10)
    log_out(watched)
    log_in(watched, site, maya.email, "pw")
    expect(watched.locator("h1")).to_have_text("Second step")
    watched.get_by_label("Code").fill(digits(secret))
    watched.get_by_role("button", name="Log in").click()
    expect(watched.locator("h1")).to_have_text("Maya")


def test_a_passkey_is_added_and_opens_the_account(watched, site):
    maya = person("maya", "Maya")
    add_key_holder(watched)
    log_in(watched, site, maya.email, "pw")
    watched.goto(f"{site}/account/second-step/")
    watched.get_by_role("link", name="Add a key").click()
    watched.get_by_label("Password").fill("pw")
    watched.get_by_role("button", name="Continue").click()
    watched.get_by_label("Name").fill("My phone")
    watched.get_by_label("Use it instead of my password").check()
    watched.get_by_role("button", name="Add key").click()
    expect(watched.locator(".codes li")).to_have_count(10)
    log_out(watched)
    watched.goto(f"{site}/account/login/")
    watched.get_by_role("button", name="Use a passkey").click()
    expect(watched.locator("h1")).to_have_text("Maya")
    watched.goto(f"{site}/account/second-step/webauthn/")
    expect(watched.locator(".rows strong")).to_have_text("My phone")


def test_signing_up_with_a_passkey(watched, site, mailbox):
    add_key_holder(watched)
    watched.goto(f"{site}/account/signup/")
    watched.get_by_role("link", name="Sign up with a passkey").click()
    fill_in(watched, "new@example.org", "Quiet Heron", password=None)
    watched.get_by_role("button", name="Continue").click()
    watched.get_by_label("Code").fill(mailbox.code())
    watched.get_by_role("button", name="Continue").click()
    watched.get_by_label("Name").fill("My phone")
    watched.get_by_role("button", name="Create passkey").click()
    expect(watched.locator("h1")).to_have_text("Welcome, Quiet Heron")
    log_out(watched)
    watched.goto(f"{site}/account/login/")
    watched.get_by_role("button", name="Use a passkey").click()
    expect(watched.locator("h1")).to_have_text("Quiet Heron")


def test_a_refused_passkey_shows_an_error(watched, site):
    devtools = watched.context.new_cdp_session(watched)
    devtools.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, "isUserVerified": False}})
    watched.goto(f"{site}/account/login/")
    watched.get_by_role("button", name="Use a passkey").click()
    expect(watched.get_by_role("alert")).to_contain_text("That didn’t work")


def test_signing_up_and_logging_in_without_javascript(browser, site, mailbox):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/account/signup/")
    expect(page.locator(".offers li")).to_have_count(3)
    fill_in(page, "new@example.org", "Quiet Heron")
    page.get_by_role("button", name="Sign up").click()
    page.get_by_label("Code").fill(mailbox.code())
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("h1")).to_have_text("Welcome, Quiet Heron")
    log_out(page)
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    log_in(page, site, "new@example.org")
    expect(page.locator("h1")).to_have_text("Quiet Heron")
    page.context.close()


def test_logging_in_by_keyboard_alone(watched, site):
    maya = person("maya", "Maya")
    watched.goto(f"{site}/account/login/")
    watched.get_by_label("E-mail address").focus()
    watched.keyboard.type(maya.email)
    watched.keyboard.press("Tab")
    watched.keyboard.type("pw")
    watched.keyboard.press("Enter")
    expect(watched.locator("h1")).to_have_text("Maya")
    watched.wait_for_load_state()  # the menu closes by a script
    watched.locator(".account-menu summary").focus()
    watched.keyboard.press("Enter")
    expect(watched.locator(".account-panel")).to_be_visible()
    watched.keyboard.press("Escape")
    expect(watched.locator(".account-panel")).to_be_hidden()


VISITORS = ["login/", "signup/", "signup/passkey/", "login/code/", "password/reset/", "house-rules/"]
MEMBERS = [
    "",
    "settings/",
    "name/",
    "sessions/",
    "password/change/",
    "logout/",
    "email/confirm-present/",
    "second-step/",
]
MEMBERS += [
    "second-step/webauthn/",
    "second-step/webauthn/add/",
    "second-step/totp/deactivate/",
    "second-step/recovery-codes/",
]
MEMBERS += ["second-step/recovery-codes/generate/", "second-step/reauthenticate/", "reauthenticate/"]


def faults_and_small(page, url):
    """Return page faults, and controls that are too small to tap."""
    found = faults_at(page, url)
    small = "els => els.filter(e => e.offsetHeight && e.offsetHeight < 44).map(e => e.outerHTML.slice(0, 90))"
    controls = page.locator("main button, main .button, main input[type=text]")
    return found + [(url, "small", html) for html in controls.evaluate_all(small)]


def test_axe_finds_nothing_on_the_account_pages(page, site):
    maya = person("maya", "Maya")
    found = [fault for path in VISITORS for fault in faults_and_small(page, f"{site}/account/{path}")]
    log_in(page, site, maya.email, "wrong")
    found += faults(page)
    log_in(page, site, maya.email, "pw")
    page.goto(f"{site}/account/second-step/totp/activate/")
    page.get_by_label("Password").fill("pw")
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    found += faults_and_small(page, page.url)
    TOTP.activate(maya, page.locator(".secret").text_content())
    page.goto(f"{site}/account/second-step/recovery-codes/generate/")
    page.get_by_role("button", name="Create codes").click()
    found += [fault for path in MEMBERS for fault in faults_and_small(page, f"{site}/account/{path}")]
    assert found == []

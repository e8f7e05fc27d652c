"""`make prod-try`: run the production setup, and use it in a browser as a visitor, a member, a moderator and an editor do.

python -m tools.production_walk          start everything, use it, stop everything
python -m tools.production_walk --stay   keep running until Ctrl-C

Each step fails if a page isn't what that person would expect.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools.production_trial import PATIENCE, ROOT, ProductionTrial

PASSWORD = "lantern orchard seven kettles"
CODE = re.compile(r"^ +([B-Z]{4}-[B-Z]{4})\r?$", re.MULTILINE)
UNDO_MILLISECONDS = 31_000  # after forum.models.queue.UNDO_PERIOD a decision takes effect
MAKE_TEAM = """
from accounts.management.commands.demo_accounts import PEOPLE, make_person
for row in PEOPLE:
    if row[0] in ("okafor", "elif", "vera"):
        make_person(*row)
"""


def walk(trial: ProductionTrial) -> None:
    """Take all steps once and print each."""
    trial.manage("shell", "-v0", "-c", MAKE_TEAM)
    with browser() as chromium:
        for step in STEPS:
            step(chromium, trial)
            print(f"  {step.__name__.replace('_', ' ')}", flush=True)


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Run Chromium without checking certificates, since it can't be given Caddy's own authority; ProductionTrial.get() does."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--ignore-certificate-errors"]
        )
        try:
            yield chromium
        finally:
            chromium.close()


@contextlib.contextmanager
def phone(chromium: Browser, trial: ProductionTrial) -> Iterator[Page]:
    """Open a page as wide as a phone's, and fail at its end if any page asked another host for anything."""
    context = chromium.new_context(
        base_url=trial.address, viewport={"width": 360, "height": 740}, ignore_https_errors=True
    )
    context.set_default_timeout(PATIENCE * 1000)
    expect.set_options(timeout=PATIENCE * 1000)
    requested: list[str] = []
    context.on("request", lambda request: requested.append(request.url))
    with context:
        yield context.new_page()
    elsewhere = [url for url in requested if not url.startswith((trial.address, "data:", "blob:"))]
    assert requested and not elsewhere, f"pages asked for {elsewhere}"


def mailed_code(trial: ProductionTrial, number: int) -> str:
    """Wait for the mail with this number, counted from 0, and return the code in it."""
    deadline = time.monotonic() + PATIENCE
    while len(trial.mail.received) <= number:
        assert time.monotonic() < deadline, "no mail came"
        time.sleep(0.2)
    return CODE.search(trial.mail.received[number].get_payload())[1]  # type: ignore[index, arg-type]


def visitor_reads(chromium: Browser, trial: ProductionTrial) -> None:
    with phone(chromium, trial) as page:
        page.goto("/")
        expect(page.locator("h1")).to_be_visible()
        page.goto("/search/?q=alcohol")
        expect(page.locator("main a[href*='/guide/']").first).to_be_visible()
        page.goto("/help-now/")
        expect(page.locator("main")).to_contain_text("988")


def member_joins_and_asks(chromium: Browser, trial: ProductionTrial) -> None:
    sent = len(trial.mail.received)
    with phone(chromium, trial) as page:
        page.goto("/account/signup/")
        page.get_by_label("Name on this site").fill("Maya Rivers")
        page.get_by_label("E-mail address").fill("maya.rivers@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("I am 18 or older.").check()
        page.get_by_label("I have read the house rules").check()
        page.get_by_role("button", name="Sign up").click()
        page.get_by_label("Code").fill(mailed_code(trial, sent))
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("h1")).to_have_text("Welcome, Maya Rivers")
        page.goto("/forum/in/starting/new/")
        page.get_by_label("Title").fill("How was your first week?")
        page.get_by_label("Your post").fill("I begin tomorrow and would like to hear how it went for you.")
        page.wait_for_timeout(2100)  # a form that is sent sooner is taken for a machine's
        page.get_by_role("button", name="Send for review").click()
        expect(page.get_by_role("heading", name="Your post")).to_be_visible()


def clinician_publishes(chromium: Browser, trial: ProductionTrial) -> None:
    with phone(chromium, trial) as page:
        log_in(page, "okafor@example.org", "/forum/review/")
        page.get_by_role("link", name="How was your first week?").click()
        page.get_by_role("button", name="Claim", exact=True).click()
        page.locator("details.action-panel:has([data-action='approve']) > summary").click()
        page.get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_role("button", name="Undo “How was your first week?”")).to_be_visible()


def visitor_sees_the_answer(chromium: Browser, trial: ProductionTrial) -> None:
    with phone(chromium, trial) as page:
        link = page.get_by_role("link", name="How was your first week?").first
        page.wait_for_timeout(UNDO_MILLISECONDS)
        page.goto("/forum/in/starting/")
        for _ in range(30):  # a worker may be carrying the decision out at this very moment
            if link.count():
                break
            page.wait_for_timeout(1000)
            page.reload()
        link.click()
        expect(page.get_by_text("I begin tomorrow")).to_be_visible()


def editor_writes(chromium: Browser, trial: ProductionTrial) -> None:
    with phone(chromium, trial) as page:
        log_in(page, "elif@example.org", "/admin/")
        page.goto("/admin/guide/article/")
        page.get_by_role("link", name="The history of naltrexone").first.click()
        page.get_by_label("Title:", exact=True).fill("How naltrexone came to be")
        page.get_by_label("What changed, and why:", exact=True).fill("A plainer title")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("link", name="Check the changes and send it for review").click()
        page.get_by_role("button", name="Send for review").click()
        expect(page.get_by_text("Sent for review.")).to_be_visible()


def log_in(page: Page, email: str, path: str) -> None:
    """Log in with a password and an authenticator's code, and go to the path."""
    page.goto(f"/account/login/?next={path}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill("daylight-and-wood")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Code").fill(totp(email))
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"**{path}")


def totp(email: str) -> str:
    """Return the current code of a demonstration account, whose secret is made from its address."""
    ask = f"from accounts.management.commands.demo_accounts import code; print(code({email!r}))"
    script = f"import django; django.setup(); {ask}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.dev", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


STEPS = [visitor_reads, member_joins_and_asks, clinician_publishes, visitor_sees_the_answer, editor_writes]


def main(arguments: list[str]) -> None:
    with ProductionTrial() as trial:
        print(f"Everything runs behind {trial.address}/; logs are in {trial.home / 'logs'}.", flush=True)
        walk(trial)
        if "--stay" in arguments:
            print("Ctrl-C stops everything.", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()


if __name__ == "__main__":
    main(sys.argv[1:])

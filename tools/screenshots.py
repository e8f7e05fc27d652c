"""Take the screenshots in docs/img/: `python tools/screenshots.py [URL of a running site]`.

Without a URL, start the development site with its demonstration accounts. Pages that are missing are reported and skipped.
"""

import hashlib
import hmac
import io
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "img"
OWN = "127.0.0.1:8390"
PASSWORD = "daylight-and-wood"  # demonstration accounts
SIZE = {"width": 1100, "height": 760}
VISITOR = "visitor"
SHOTS = [
    # file name, account, path, and elements to click or scroll to
    ("guide", VISITOR, "/guide/how-it-works/", []),
    ("dashboard", "elif", "/admin/", []),
    ("digest", "elif", "/admin/guide/feedback/dashboard/", ["#id_digest"]),
    ("writing", "elif", "/admin/guide/article/", ["text=How naltrexone works", "#id_body"]),
    ("insert", "elif", "/admin/guide/article/", ["text=How naltrexone works", "[data-insert-kind=source]"]),
    ("feedback", "elif", "/admin/guide/feedback/?closed__exact=0", []),
    ("matrix", "elif", "/admin/guide/treatment/matrix/", []),
    ("changes", "elif", "/admin/guide/proposal/", []),
    ("review", "okafor", "/admin/guide/feedback/dashboard/", ["#panel-review ~ ul a"]),
    ("claims", "okafor", "/admin/guide/source/claims/", []),
    ("queue", "okafor", "/forum/review/", []),
    ("item", "okafor", "/forum/review/", ["[data-row]"]),
    ("duty", "okafor", "/forum/moderation/duty/", []),
]


def code(email: str) -> str:
    """Return the current TOTP code of a demonstration account (RFC 6238)."""
    key, counter = hashlib.sha1(email.encode(), usedforsecurity=False).digest(), int(time.time()) // 30
    digest = hmac.new(key, counter.to_bytes(8, "big"), "sha1").digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def logged_in(browser: Browser, site: str, name: str) -> Page:
    page = browser.new_context(viewport=SIZE, locale="en-US").new_page()
    page.goto(f"{site}/account/login/?next=/admin/")
    page.fill("[name=login]", f"{name}@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.fill("[name=code]", code(f"{name}@example.org"))
    page.click("main form button[type=submit]")
    page.wait_for_url("**/admin/**")
    return page


def shoot(page: Page, site: str, picture: str, address: str, steps: list[str]) -> bool:
    """Take one screenshot. Return False if the page or an element on the way is missing."""
    answer = page.goto(site + address)
    if answer is None or not answer.ok or page.url != site + address:  # the admin redirects unknown pages to its index
        return False
    for step in steps:
        found = page.locator(step).first
        if not found.count():
            return False
        if step.startswith("#id_"):
            found.scroll_into_view_if_needed()
        else:
            found.click()
            page.wait_for_load_state()
    page.wait_for_load_state("networkidle")  # previews and fetched lists
    image = Image.open(io.BytesIO(page.screenshot()))
    image.save(PICTURES / f"{picture}.webp", quality=70, method=6)
    return True


def take_all(site: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        pages = {name: logged_in(browser, site, name) for name in ("elif", "okafor")}
        pages[VISITOR] = browser.new_context(viewport=SIZE, locale="en-US").new_page()
        for picture, name, address, steps in SHOTS:
            taken = shoot(pages[name], site, picture, address, steps)
            print(f"{picture}: {'taken' if taken else 'missing'}")
        browser.close()


def wait_for(site: str) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{site}/health/live", timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("The site did not start.")


def main() -> None:
    if len(sys.argv) > 1:
        take_all(sys.argv[1].rstrip("/"))
        return
    server = subprocess.Popen([sys.executable, "-m", "tools.devserver"], cwd=ROOT, env={**os.environ, "BIND": OWN})
    try:
        wait_for(f"http://{OWN}")
        take_all(f"http://{OWN}")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


if __name__ == "__main__":
    main()

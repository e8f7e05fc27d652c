from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import expect

from accounts.management.commands.demo_accounts import code, secret
from accounts.models import User


def test_elif_edits_publishes_and_rolls_back(page, site):
    elif_ = User.objects.create_superuser("elif@example.org", "a-long-password", display_name="Elif")
    EmailAddress.objects.create(user=elif_, email=elif_.email, verified=True, primary=True)
    TOTP.activate(elif_, secret(elif_.email))
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.goto(site + "/admin/")
    page.get_by_label("E-mail address").fill("elif@example.org")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Code").fill(code(elif_.email))
    page.get_by_role("button", name="Log in").click()
    page.goto(site + "/admin/guide/article/?q=history")
    page.get_by_role("link", name="The history of naltrexone").click()
    page.get_by_label("Title").fill("How naltrexone came to be")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Revision 2 is a draft")).to_be_visible()
    page.goto(site + "/guide/history/")
    expect(page.locator("h1")).to_have_text("The history of naltrexone")
    publish(page, site, 0)
    page.goto(site + "/guide/history/")
    expect(page.locator("h1")).to_have_text("How naltrexone came to be")
    publish(page, site, 0)
    page.goto(site + "/guide/history/")
    expect(page.locator("h1")).to_have_text("The history of naltrexone")
    assert complaints == []


def publish(page, site, which):
    page.goto(site + "/admin/guide/article/?q=history")
    page.locator("#result_list .field-title a").first.click()
    page.get_by_role("link", name="publish", exact=True).nth(which).click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Readers see it now")).to_be_visible()

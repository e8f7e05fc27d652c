"""The editorial workflow of an article, by mouse and by keyboard."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import expect

from accounts.management.commands.demo_accounts import code, secret
from guide.models import Article
from guide.review.revisions import Draft, write_revision
from guide.review.workflow import submit
from tests.e2e.page_checks import faults_at

NEW = Draft("How naltrexone came to be", "S.", "Short.[^site]", "## New\n\nNew text.[^site]\n", "Clearer", "Clearer")


def enter(browser, site, user):
    user.set_password("a-long-password")
    user.save()
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    TOTP.activate(user, secret(user.email))
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(site + "/admin/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Code").fill(code(user.email))
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/**")
    return page


def press(page, locator, by_keyboard):
    if by_keyboard:
        locator.focus()
        page.keyboard.press("Space" if locator.get_attribute("type") == "checkbox" else "Enter")
    else:
        locator.click()


def write(page, label, words, by_keyboard):
    field = page.get_by_label(label, exact=True)
    if by_keyboard:
        field.focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(words)
    else:
        field.fill(words)


@pytest.mark.parametrize("by_keyboard", [False, True], ids=["mouse", "keyboard"])
def test_an_article_is_reviewed_published_and_restored(browser, site, elif_, dr_okafor, by_keyboard):
    article = Article.objects.get(slug="history")
    editor, reviewer = enter(browser, site, elif_), enter(browser, site, dr_okafor)
    editor.goto(f"{site}/admin/guide/article/{article.pk}/change/")
    write(editor, "Title:", "How naltrexone came to be", by_keyboard)
    write(editor, "What changed, and why:", "A plainer title", by_keyboard)
    press(editor, editor.get_by_role("button", name="Save", exact=True), by_keyboard)
    press(editor, editor.get_by_role("link", name="Check the changes and send it for review"), by_keyboard)
    press(editor, editor.get_by_role("button", name="Send for review"), by_keyboard)
    expect(editor.get_by_text("Sent for review.")).to_be_visible()
    reviewer.goto(f"{site}/admin/")
    press(reviewer, reviewer.get_by_role("link", name="How naltrexone came to be"), by_keyboard)
    reviewer.wait_for_url("**/review/")
    for box in reviewer.get_by_role("checkbox").all():
        press(reviewer, box, by_keyboard)
    press(reviewer, reviewer.get_by_role("button", name="Approve"), by_keyboard)
    expect(reviewer.get_by_text("Approved. Readers see it now.")).to_be_visible()
    reviewer.goto(site + "/guide/history/")
    expect(reviewer.locator("h1")).to_have_text("How naltrexone came to be")
    expect(reviewer.get_by_text("Reviewed by Dr. Okafor, physician")).to_be_visible()
    editor.goto(f"{site}/admin/guide/article/{article.pk}/history/")
    press(editor, editor.get_by_role("link", name="Restore revision 1"), by_keyboard)
    editor.get_by_label("Reason").fill("It was right.")
    press(editor, editor.get_by_role("button", name="Restore this version"), by_keyboard)
    expect(editor.get_by_text("Readers see this version again")).to_be_visible()
    editor.goto(site + "/guide/history/")
    expect(editor.locator("h1")).to_have_text("The history of naltrexone")


def test_axe_finds_nothing_and_remarks_find_their_place(browser, site, elif_, dr_okafor):
    article = Article.objects.get(slug="history")
    draft = write_revision(article, NEW, by=elif_)
    submit(draft.proposal, by=elif_)
    page = enter(browser, site, dr_okafor)
    base, review = (
        f"{site}/admin/guide/article/{article.pk}",
        f"{site}/admin/guide/proposal/{draft.proposal.pk}/review/",
    )
    assert faults_at(page, f"{base}/history/", f"{base}/compare/?old=1&new=2", review) == []
    page.get_by_label("The source, line by line").check()
    page.locator("[data-remark=body]").nth(2).click()
    expect(page.get_by_label("Remark", exact=False).first).to_be_focused()
    expect(page.get_by_label("and its line")).to_have_value("3")


def test_a_reviewer_remarks_on_words_selected_in_the_page(browser, site, elif_, dr_okafor):
    draft = write_revision(Article.objects.get(slug="history"), NEW, by=elif_)
    submit(draft.proposal, by=elif_)
    page = enter(browser, site, dr_okafor)
    page.goto(f"{site}/admin/guide/proposal/{draft.proposal.pk}/review/")
    words = page.frame_locator(".preview-frame").locator("ins", has_text="text.").last
    for remark in ("Which text?", "Since when?"):
        words.dblclick()
        page.get_by_role("button", name="Remark on the selected words").click()
        expect(page.get_by_label("Words it is about")).to_have_value("text")
        page.get_by_label("Remark", exact=False).first.fill(remark)
        page.get_by_role("button", name="Add remark").click()
        expect(page.get_by_text(f"Text, line 3, “text”: {remark}")).to_be_visible()
    page.get_by_label("What should change").fill("See my remarks.")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_text("Sent back with your comments.")).to_be_visible()
    expect(page.get_by_text("Text, line 3, “text”: Since when? (Dr. Okafor)")).to_be_visible()

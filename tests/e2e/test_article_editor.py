"""Writing an article by keyboard, with two editors at once and an expired session."""

import re

from playwright.sync_api import expect

from accounts.roles import EDITORS
from guide.models import Article, Autosave
from tests.conftest import person
from tests.e2e.page_checks import faults
from tests.e2e.test_editorial_workflow import enter

PASTE = """(area) => {
  const copied = new DataTransfer();
  copied.setData("text/html", "<h1>Pasted</h1><p>From <b>Word</b></p>");
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: copied, bubbles: true, cancelable: true }));
}"""


def holding(words):
    return re.compile(re.escape(words))


def opened(page, site, article):
    page.complaints = []
    page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{site}/admin/guide/article/{article.pk}/change/")
    expect(page.locator("[data-preview][data-updates]")).to_be_visible()


def write(page, keys, words):
    page.get_by_label("Text:", exact=True).focus()
    page.keyboard.press(keys)
    page.keyboard.type(words)


def mends_inserts_and_pastes(page, text):
    """Go to a line, insert a source and paste from Word, by keyboard."""
    write(page, "Control+Home", "An addict wrote this.[^site] ")
    expect(page.frame_locator("iframe").get_by_text("An addict wrote this.")).to_be_visible()
    jump = page.get_by_role("button", name="line 1", exact=True)
    expect(jump.locator("xpath=..")).to_contain_text("say “a person with an addiction”")
    jump.press("Enter")
    expect(text).to_be_focused()
    page.keyboard.press("Home")
    page.get_by_role("button", name="a source").press("Enter")
    page.keyboard.type("S12")
    page.locator("[data-insert='[^S12]']").press("Enter")
    expect(text).to_have_value(holding("[^S12]An addict"))
    with page.expect_response(lambda answer: "autosave" in answer.url and "From **Word**" in answer.request.post_data):
        text.evaluate(PASTE)
    expect(text).to_have_value(holding("## Pasted\n\nFrom **Word**"))
    expect(page.get_by_text("Autosaved at")).to_be_visible()


def is_logged_out_while_typing(page, text):
    """Text typed after the session expired is restored from the device."""
    session = page.context.cookies()
    page.context.clear_cookies()
    write(page, "Control+Home", "Typed after the session ended. ")
    expect(page.get_by_text("Autosaved on this device only")).to_be_visible()
    page.context.add_cookies(session)
    page.reload()
    expect(page.get_by_text("We restored what you typed here")).to_be_visible()
    page.get_by_role("button", name="Restore it").press("Enter")
    expect(text).to_have_value(holding("Typed after the session ended. "))


def test_nothing_is_lost_between_two_editors_and_an_ended_session(browser, site, elif_):
    article = Article.objects.get(slug="history")
    hers, theirs = enter(browser, site, elif_), enter(browser, site, person("jonas", "Jonas", EDITORS, is_staff=True))
    opened(hers, site, article)
    opened(theirs, site, article)
    text = hers.get_by_label("Text:", exact=True)
    mends_inserts_and_pastes(hers, text)
    assert "From **Word**" in Autosave.objects.get(owner=elif_).fields["body"]
    is_logged_out_while_typing(hers, text)
    write(theirs, "Control+End", "\n\nTheirs at the end.[^site]")
    theirs.get_by_role("button", name="Save and continue editing").press("Enter")
    expect(theirs.get_by_text("Revision 2 is saved as a draft")).to_be_visible()
    hers.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(hers.get_by_text("Jonas saved revision 2 while you were writing")).to_be_visible()
    expect(text).to_have_value(holding("Typed after the session ended. "))
    expect(text).to_have_value(holding("Theirs at the end."))
    assert faults(hers, "#content") == []
    hers.set_viewport_size({"width": 1280, "height": 800})
    hers.get_by_role("button", name="Save", exact=True).dblclick()
    expect(hers.get_by_text("Revision 3 is saved as a draft")).to_be_visible()
    newest = article.revisions.order_by("-number").first()
    assert (newest.number, Autosave.objects.count()) == (3, 0)
    assert "Theirs at the end." in newest.body
    assert [c for c in hers.complaints + theirs.complaints if not re.search("40[39]", c)] == []


def test_two_new_articles_in_two_windows_keep_their_own_words(browser, site, elif_):
    page = enter(browser, site, elif_)
    windows = [page, page.context.new_page()]
    for window, words in zip(windows, ("The first.", "The second."), strict=True):
        window.goto(f"{site}/admin/guide/article/add/")
        window.get_by_label("Text:", exact=True).fill(words)
        expect(window.get_by_text("Autosaved at")).to_be_visible()
    for window, words in zip(windows, ("The first.", "The second."), strict=True):
        window.on("dialog", lambda dialog: dialog.accept())
        window.reload()
        expect(window.get_by_label("Text:", exact=True)).to_have_value(words)
        expect(window.locator("[data-on-device]")).to_be_hidden()


def typed_with(page, text, value, start, end, button):
    """Return the text after a button was pressed with `value[start:end]` selected."""
    text.fill(value)
    text.evaluate("(area, [start, end]) => area.setSelectionRange(start, end)", [start, end])
    page.get_by_role("button", name=button, exact=True).click()
    return text.input_value()


def test_the_toolbar_wraps_toggles_and_continues(browser, site, elif_):
    page = enter(browser, site, elif_)
    page.goto(f"{site}/admin/guide/article/add/")
    text = page.get_by_label("Text:", exact=True)
    assert typed_with(page, text, "one two", 4, 7, "Bold") == "one **two**"
    assert typed_with(page, text, "one **two**", 6, 9, "Bold") == "one two"
    assert typed_with(page, text, "one two three", 3, 8, "Italics") == "one *two* three"
    assert typed_with(page, text, "one *two*", 5, 8, "Italics") == "one two"
    assert typed_with(page, text, "one **two**", 6, 9, "Italics") == "one ***two***"
    assert typed_with(page, text, "one two", 5, 5, "Bold") == "one **two**"
    assert typed_with(page, text, "a\nb", 0, 3, "List") == "- a\n- b"
    assert typed_with(page, text, "- a\n- b", 0, 7, "List") == "a\nb"
    assert typed_with(page, text, "a\nb", 0, 3, "Numbers") == "1. a\n2. b"
    assert (
        typed_with(page, text, "Take care.", 0, 10, "Warning box") == "::: warning A short title\n\nTake care.\n\n:::"
    )
    assert typed_with(page, text, "Look here.", 0, 10, "Nothing medical") == "Look here.[^site]"
    assert typed_with(page, text, "see it", 4, 6, "Link") == "see [it](https://)"
    page.keyboard.type("uses")
    expect(text).to_have_value("see [it](uses)")
    text.fill("")
    page.keyboard.type("- one\ntwo\n\n1. first\nsecond\n\nend")
    expect(text).to_have_value("- one\n- two\n1. first\n2. second\nend")
    page.get_by_label("Title:", exact=True).fill("What’s a Drink? 2")
    expect(page.get_by_label("Address")).to_have_value("whats-a-drink-2")

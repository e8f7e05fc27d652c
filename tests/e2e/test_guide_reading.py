import brotli
import pytest
from playwright.sync_api import expect

from guide.models import Article
from tests.e2e.page_checks import faults_at

PAGES = ["/", "/guide/", "/guide/side-effects/", "/guide/compare/", "/guide/faq/", "/search/?q=nausia", "/help-now/"]
PAGES += [
    "/guide/how-well-it-works/",
    "/guide/history/",
    "/guide/overdose/",
    "/guide/before-you-start/",
    "/guide/wallet-card/",
    "/guide/faq/feedback/",
    "/nothing-here/",
]


def test_axe_finds_nothing_and_nothing_overflows(page, site):
    assert faults_at(page, *(site + path for path in PAGES)) == []


def test_a_visitor_searches_and_reads(watched, site):
    watched.goto(site)
    watched.get_by_label("Search the guide").press_sequentially("missed tab", delay=20)
    expect(watched.locator(".suggestions a").first).to_be_visible()
    watched.get_by_label("Search the guide").fill("naltraxone nausia")
    watched.get_by_role("button", name="Search").click()
    expect(watched.get_by_text("Showing results for")).to_be_visible()
    watched.locator(".results a").first.click()
    expect(watched.locator("h1")).to_be_visible()


def test_notes_and_words_open_in_place_and_close_with_escape(watched, site):
    watched.goto(site + "/guide/how-it-works/")
    watched.locator(".cite a").first.click()
    expect(watched.locator(".opened")).to_be_visible()
    assert watched.locator(".opened").bounding_box()["height"] > 44  # whole lines, not squeezed into one
    watched.keyboard.press("Escape")
    expect(watched.locator(".opened")).to_have_count(0)
    watched.locator("a.term").first.focus()
    watched.keyboard.press("Enter")
    expect(watched.locator(".opened")).to_be_visible()


def test_help_lines_open_in_place_and_remember_the_country(watched, site):
    watched.goto(site)
    watched.get_by_text("Need help now?").click()
    panel = watched.locator(".help-panel")
    panel.locator("summary", has_text="United Kingdom").click()
    panel.get_by_role("button", name="Always show United Kingdom first on this device").click()
    watched.goto(site + "/guide/faq/")
    watched.get_by_text("Need help now?").click()
    expect(panel.locator("[data-country=GB]").get_by_role("link", name="Call 116 123")).to_be_visible()
    expect(panel.locator("[data-country=US]").get_by_role("link", name="Call 988")).to_be_hidden()
    assert watched.context.cookies() == []


def test_comparing_keeps_the_choice_in_the_address(watched, site):
    watched.goto(site + "/guide/compare/")
    for name in ["Methadone", "Buprenorphine", "Disulfiram", "Naltrexone injection"]:
        watched.get_by_label(name, exact=True).uncheck()
    watched.get_by_role("button", name="Compare these").click()
    assert "treatments=naltrexone-tablet&treatments=acamprosate" in watched.url
    expect(watched.locator(".matrix thead th")).to_have_count(3)


def test_the_wallet_card_fills_itself_and_sends_nothing(watched, site):
    watched.goto(site + "/guide/wallet-card/", wait_until="networkidle")
    sent = []
    watched.on("request", lambda r: sent.append(r.url))
    watched.get_by_label("Name (optional)").fill("Robin")
    watched.get_by_label("Last dose or injection").fill("2026-11-20")
    expect(watched.locator("[data-field=name]")).to_have_text("Robin")
    expect(watched.locator("[data-field=last]")).to_have_text("20 November 2026")
    assert sent == []


def test_feedback_is_sent_with_two_clicks(watched, site):
    watched.goto(site + "/guide/faq/")
    watched.get_by_role("link", name="No", exact=True).click()
    watched.get_by_role("button", name="Send").click()
    expect(watched.get_by_role("status")).to_contain_text("The editors will read your feedback")


def test_everything_reads_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/guide/how-it-works/")
    page.locator(".cite a").first.click()
    assert page.url.endswith("#source-S1")
    page.get_by_text("Need help now?").click()
    page.locator(".help-panel summary", has_text="United States").click()
    expect(page.locator(".help-panel").get_by_role("link", name="Call 988")).to_be_visible()
    page.goto(site + "/search/")
    page.get_by_label("Search the guide").fill("missed dose")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".results a").first).to_be_visible()
    context.close()


def test_the_first_tab_stop_skips_to_the_main_content(watched, site):
    watched.goto(site + "/guide/faq/")
    watched.keyboard.press("Tab")
    expect(watched.locator(":focus")).to_have_text("Skip to main content")
    watched.keyboard.press("Enter")
    watched.keyboard.press("Tab")
    assert watched.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_first_visit_to_an_article_loads_little_data(watched, site):
    """Compress responses as production does; the test server does not. The help lines of nine countries are on each page."""

    def sent(answer):
        return len(brotli.compress(answer.body(), quality=11 if "/static/" in answer.url else 5))

    answers = []
    watched.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  it marks its handlers
    watched.goto(site + "/guide/side-effects/", wait_until="networkidle")
    fonts = [answer for answer in answers if answer.url.endswith(".woff2")]
    others = [answer for answer in answers if answer not in fonts]
    assert (len(fonts), len(others) <= 8) == (2, True), [answer.url for answer in answers]
    assert sum(len(answer.body()) for answer in fonts) < 50_000
    assert sum(sent(answer) for answer in others) < 31_000


def test_on_a_phone_the_text_begins_within_a_screen_and_a_half(page, site):
    page.set_viewport_size({"width": 360, "height": 740})
    late = []
    for slug in Article.objects.published().values_list("slug", flat=True):
        page.goto(f"{site}/guide/{slug}/")
        top = page.locator("#text h2").first.evaluate("heading => heading.getBoundingClientRect().top + scrollY")
        if top > 1.5 * 740 and slug != "glossary":  # which has no headings, only terms
            late.append((slug, top))
    assert late == []


def test_sources_are_folded_under_their_number_and_open(watched, site):
    watched.goto(f"{site}/guide/how-it-works/")
    count = watched.locator(".sources > li").count()
    heading = watched.get_by_role("heading", name=f"Sources ({count})")
    expect(watched.locator(".sources")).to_be_hidden()
    heading.click()
    expect(watched.locator(".sources")).to_be_visible()


# The selectors of a style sheet that match an element of the page, in some state of it.
MATCHES = r"""async (address) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await (await fetch(address)).text());
  const found = [];
  const read = (rules) => [...rules].forEach((rule) => {
    const selector = rule.selectorText
      ?.replace(/::[\w-]+(\([^)]*\))?/g, "")
      .replace(/:(hover|focus(-\w+)?|active|checked|disabled|open|target)\b/g, "");
    if (selector && document.querySelector(selector)) found.push(rule.selectorText);
    if (rule.cssRules) read(rule.cssRules);
  });
  read(sheet.cssRules);
  return [sheet.cssRules.length > 0, found];
}"""


@pytest.mark.parametrize("reader", ["visitor", "elif_"])
def test_pages_without_the_style_sheet_of_the_community_need_none_of_it(browse, site, request, reader):
    page = browse(None if reader == "visitor" else request.getfixturevalue(reader))
    articles = [f"/guide/{slug}/" for slug in Article.objects.published().values_list("slug", flat=True)]
    missing = {}
    for path in ["/", "/help-now/", *articles]:
        page.goto(path)
        assert page.locator("link[href*=community]").count() == 0
        read, found = page.evaluate(MATCHES, "/static/css/community.css")
        assert read
        if found:
            missing[path] = found
    assert missing == {}

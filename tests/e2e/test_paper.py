"""The guide on paper, printed by a real browser."""

import re

import pytest

pytestmark = pytest.mark.browser


def printed(page, url, paper="A4"):
    page.goto(url)
    return page.pdf(format=paper, prefer_css_page_size=True)


def sizes(pdf):
    """Return the width and height of each page, in points."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def on_paper(page, url):
    page.goto(url)
    page.emulate_media(media="print")
    return page


def test_the_whole_guide_takes_fewer_than_90_pages(site, page):
    assert 40 < len(sizes(printed(page, f"{site}/guide/print/"))) < 90


def test_the_comparison_is_one_landscape_page(site, page):
    pages = sizes(printed(page, f"{site}/guide/compare/"))
    assert [width > height for width, height in pages].count(True) == 1


def test_the_wallet_card_is_two_sides_of_a_bank_card(site, page):
    sides = on_paper(page, f"{site}/guide/wallet-card/").locator(".card-side")
    millimeters = [
        (round(box["width"] / 96 * 25.4), round(box["height"] / 96 * 25.4)) for box in map(_box, sides.all())
    ]
    assert millimeters == [(86, 54), (86, 54)]
    assert [side.evaluate("side => side.scrollHeight <= side.clientHeight") for side in sides.all()] == [True, True]
    assert "1 to 3 days" in sides.first.inner_text()


@pytest.mark.parametrize("name", ["poster", "cartel"])
def test_a_poster_is_one_sheet_without_the_sites_navigation(name, site, page):
    papers = ("A4", "Letter")
    assert [len(sizes(printed(page, f"{site}/for-clinics/{name}/", paper))) for paper in papers] == [1, 1]
    page.emulate_media(media="print")
    assert [page.locator(part).first.is_visible() for part in (".site-header", ".crumbs", ".no-print")] == [False] * 3
    assert page.locator(".poster-code svg").bounding_box()["width"] > 113  # 3 cm


def _box(side):
    return side.bounding_box()


def test_an_article_has_its_address_date_and_status_and_no_navigation(site, page):
    article = on_paper(page, f"{site}/guide/before-you-start/")
    assert "/guide/before-you-start/" in article.locator(".print-head").inner_text()
    assert "not yet reviewed by a clinician" in article.locator(".print-foot").inner_text()
    hidden = [".site-header", ".site-footer", ".guide-map", ".contents", ".on-this-page", ".neighbours", ".helpful"]
    assert [article.locator(part).first.is_visible() for part in hidden] == [False] * len(hidden)
    body = article.locator("main").bounding_box()["width"]
    assert article.locator("#text > p, #text > ul").first.evaluate("p => getComputedStyle(p).maxInlineSize") == "none"
    assert article.locator("#text").bounding_box()["width"] == pytest.approx(body, abs=2)


def test_the_questions_have_lines_to_write_on(site, page):
    on_paper(page, f"{site}/guide/questions-for-my-prescriber/")
    lines = page.locator(".choice").first.evaluate("q => parseFloat(getComputedStyle(q, '::after').height)")
    assert lines > 50
    assert page.locator(".lead").is_visible() is False

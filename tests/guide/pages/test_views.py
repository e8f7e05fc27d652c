import json
import re

import pytest
from django.urls import reverse

from guide.models import Article, Feedback, Video
from tests.conftest import empty_caches, logged_in

pytestmark = pytest.mark.usefixtures("module_guide", "db")
PAGES = ["/", "/guide/", "/guide/print/", "/search/", "/help-now/", "/about/", "/privacy/", "/leave/"]
PAGES += [
    "/guide/wallet-card/",
    "/guide/questions-for-my-prescriber/",
    "/guide/your-notes/",
    "/open-data/",
    "/for-clinics/",
    "/for-clinics/cartel/",
    "/for-clinics/poster/",
    "/for-clinics/answer-cards/",
    "/for-clinics/cards/overdose/",
    "/offline/",
]


def every_page():
    return [*PAGES, *(a.get_absolute_url() for a in Article.objects.published())]


@pytest.fixture(scope="module")
def pages(module_guide, django_db_blocker):
    """The response of every public page to a visitor."""
    with django_db_blocker.unblock():
        return {url: logged_in().get(url) for url in every_page()}


@pytest.fixture(scope="module")
def articles(pages, django_db_blocker):
    """The HTML of every article."""
    with django_db_blocker.unblock():
        return [pages[article.get_absolute_url()].content.decode() for article in Article.objects.published()]


def test_every_public_page_has_one_h1_a_canonical_and_sets_no_cookie(pages):
    for url, response in pages.items():
        html = response.content.decode()
        assert (url, response.status_code, html.count("<h1")) == (url, 200, 1)
        assert f'<link rel="canonical" href="http://testserver{url}">' in html
        assert not response.cookies, url


def test_every_link_and_anchor_inside_the_site_exists(client, pages):
    texts = {url: response.content.decode() for url, response in pages.items()}
    dead = []
    for url, html in texts.items():
        for href in set(re.findall(r'href="([^"]+)"', html)):
            if href.startswith(("http", "tel:", "sms:", "mailto:", "/static/")):
                continue
            path, _, anchor = href.partition("#")
            target = texts.get(path or url) or fetch(client, path)
            if target is None or (anchor and f'id="{anchor}"' not in target):
                dead.append((url, href))
    assert dead == []


def fetch(client, path):
    response = client.get(path)
    return response.content.decode() if response.status_code == 200 else None


def test_ids_are_unique_on_every_page(pages):
    for url, response in pages.items():
        ids = re.findall(r'\sid="([^"]+)"', response.content.decode())
        assert sorted(i for i in set(ids) if ids.count(i) > 1) == [], url


def test_pages_load_nothing_from_other_sites_and_nothing_inline(pages):
    for url, response in pages.items():
        html = response.content.decode()
        assert not re.findall(r'(?:src|srcset)="https?://', html), url
        assert not re.findall(r'<style|\sstyle="|\son[a-z]+="', html), url
        assert not re.findall(r"<script(?![^>]*(?:src=|ld\+json))", html), url


def test_structured_data_is_json_and_claims_no_review(articles):
    for html in articles:
        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)[1])
        assert "lastReviewed" not in str(data)
        assert "Not yet reviewed by a clinician" in html


def test_only_a_dated_video_with_a_url_is_in_the_structured_data(client):
    Video.objects.filter(title__startswith="Directions").update(url="")
    html = client.get("/guide/videos/").content.decode()
    assert re.findall(r'"uploadDate": ?"([^"]+)"', html) == ["2016-04-29"]


def test_every_cited_source_is_in_the_pages_list(articles):
    for html in articles:
        cited = set(re.findall(r'href="#source-(S\d+)"', html))
        assert cited == set(re.findall(r'id="source-(S\d+)"', html))


def test_an_article_makes_a_fixed_number_of_queries_and_two_per_block(client, django_assert_max_num_queries):
    for article in Article.objects.published():
        parts = article.live_revision.body_html.count("data-part=")
        with django_assert_max_num_queries(13 + 2 * parts):
            client.get(article.get_absolute_url())


def test_a_repeat_visit_is_answered_with_304(client):
    first = client.get("/guide/history/")
    again = client.get("/guide/history/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_unpublished_article_does_not_exist(client):
    Article.objects.filter(slug="history").update(live_revision=None)
    assert client.get("/guide/history/").status_code == 404
    assert client.get("/guide/history/feedback/").status_code == 404


def test_feedback_stores_nothing_about_the_reader(client):
    url = reverse("guide:feedback", args=["history"])
    response = client.post(url, {"helpful": "no", "comment": "Too long."}, follow=True)
    assert "Thank you" in response.content.decode()
    assert Feedback.objects.values_list("article__slug", "helpful", "comment").get() == ("history", False, "Too long.")
    assert {f.name for f in Feedback._meta.fields} == {
        *("id", "article", "revision", "helpful", "comment", "created_at", "closed"),
        *("assigned_to", "answer"),  # of the editor who looks into it
    }


def test_invalid_feedback_keeps_what_was_typed(client):
    html = client.post(reverse("guide:feedback", args=["history"]), {"comment": "Too long."}).content.decode()
    assert "Choose yes or no." in html
    assert "Too long." in html


def test_feedback_is_limited_by_the_hour(client):
    url = reverse("guide:feedback", args=["history"])
    for _ in range(12):
        response = client.post(url, {"helpful": "yes"})
    assert Feedback.objects.count() == 10
    assert "Please try again later" in response.content.decode()


def test_the_feed_lists_changes(client):
    feed = client.get("/guide/changes.atom").content.decode()
    assert "<title>The history of naltrexone</title>" in feed


def test_the_sitemap_has_every_article_and_robots_points_at_it(client):
    index = client.get("/sitemap.xml").content.decode()
    assert "<loc>http://testserver/sitemap-guide.xml</loc>" in index
    sitemap = client.get("/sitemap-guide.xml").content.decode()
    for article in Article.objects.published():
        assert f"{article.get_absolute_url()}</loc>" in sitemap
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_a_missing_page_shows_help(client):
    response = client.get("/guide/nothing-here/")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()
    assert "Need help now?" in response.content.decode()


@pytest.mark.parametrize(
    ("url", "queries", "texts"),  # articles whose text is fetched
    [
        ("/", 7, 0),
        ("/guide/", 4, 0),
        ("/guide/side-effects/", 16, 1),
        ("/guide/compare/", 14, 1),
        ("/guide/print/", 29, 1),
    ],
)
def test_a_page_made_new_fetches_only_the_texts_it_shows_and_rows_of_a_kind_together(
    client, django_assert_num_queries, url, queries, texts
):
    client.get(url)  # the process has composed its SQL
    empty_caches()
    with django_assert_num_queries(queries) as asked:
        client.get(url)
    assert sum('."body_html"' in query["sql"] for query in asked.captured_queries) == texts

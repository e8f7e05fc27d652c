"""The page cache: right for visitors at any time, and never a member's page for anyone else."""

import gzip
import re
import threading

import brotli
import pytest
from django.core.cache import cache, caches
from django.http import HttpResponse
from django.test import Client, RequestFactory
from prometheus_client import REGISTRY

from config.replica import ReplicaRouter, visitors_read_replica
from config.visitor_pages import FORUM_PARAMETERS, GUIDE_PARAMETERS, visitor_pages
from core import page_cache
from core.page_cache import thread_scope

pytestmark = pytest.mark.usefixtures("article")
PAGE = "/guide/small/"


@pytest.fixture
def forum_cache(settings):
    settings.CACHE_FORUM_PAGES = True


@pytest.fixture
def visitor():
    """A browser that shows answers as they are sent."""
    return Client()


class Site:
    """The part of the site behind the cache: counts its requests, and calls `meanwhile` while it makes a page."""

    def __init__(self, meanwhile=lambda: None):
        self.made, self.meanwhile = 0, meanwhile

    def __call__(self, request):
        self.made += 1
        number = self.made
        self.meanwhile()
        return HttpResponse(f"Page {number}.")


def ask(handler, path="/forum/thread/7/a/", **headers):
    return handler(RequestFactory().get(path, headers=headers)).content.decode()


def test_a_cached_page_needs_no_query(client, django_assert_num_queries):
    client.get(PAGE)
    with django_assert_num_queries(0):
        client.get(PAGE)


def test_metrics_count_cached_pages_apart(client):
    before = REGISTRY.get_sample_value("site_request_seconds_count", {"view": "cached"}) or 0
    for _ in range(3):
        client.get(PAGE)
    assert REGISTRY.get_sample_value("site_request_seconds_count", {"view": "cached"}) == before + 2


def test_unknown_parameters_and_headers_make_no_further_copies(client, django_assert_num_queries):
    first = client.get(PAGE, {"utm_source": "0", "next": "//evil.example"})
    assert b"evil.example" not in first.content
    client.get(PAGE, headers={"HX-Request": "true"})
    with django_assert_num_queries(0):
        answers = [client.get(PAGE, {"x": n}, headers={"HX-Request": str(n)} if n else {}) for n in range(9)]
    assert len({answer.content for answer in answers}) == 1


def test_many_pages_push_no_rate_limit_out():
    assert cache.add("limit:name_check:ip:192.0.2.1:0", 1, 60)
    for n in range(400):
        page_cache.shared().set(f"page:{n}", "x", 60)
    assert not cache.add("limit:name_check:ip:192.0.2.1:0", 1, 60)


@pytest.mark.parametrize(
    ("folders", "known"),
    [
        (
            ["guide/pages", "guide/analytics", "guide/templatetags"],
            GUIDE_PARAMETERS - {"before", "p"},
        ),  # before: read by forum/experiences; p: by Django’s sitemaps
        (["forum/threads"], FORUM_PARAMETERS),
    ],
)
def test_the_cache_knows_every_parameter_that_a_cached_page_reads(folders, known, root):
    code = "".join(path.read_text() for folder in folders for path in (root / folder).glob("*.py"))
    read = re.findall(r"(?:GET|query)\.get(?:list)?\(\"(\w+)\"|\"(\w+)\" in request\.GET", code)
    assert {a or b for a, b in read} == known


def test_a_search_is_not_kept(client):
    client.get("/search/", {"q": "secret drinking"})
    assert [key for key in caches["pages"]._cache if ":page:" in key] == []


def test_a_member_does_not_get_a_cached_page(client, maya, django_assert_max_num_queries):
    client.get(PAGE)
    client.force_login(maya)
    with django_assert_max_num_queries(30) as queries:
        client.get(PAGE)
    assert len(queries) > 0


def test_a_page_with_a_form_is_not_cached(client):
    one = client.get("/guide/small/feedback/").content
    two = client.get("/guide/small/feedback/").content
    assert one != two


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "br"), ("br;q=0, gzip", "gzip"), ("", None)])
def test_a_page_is_the_same_in_each_encoding_when_made_and_when_cached(accepted, encoding, visitor):
    plain = visitor.get(PAGE)
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    for _ in range(2):
        answer = visitor.get(PAGE, headers={"Accept-Encoding": accepted})
        assert answer.get("Content-Encoding") == encoding
        assert decode(answer.content) == plain.content
        assert (answer["ETag"], int(answer["Content-Length"])) == (plain["ETag"], len(answer.content))


def test_a_browser_that_has_the_page_gets_no_second_copy(visitor):
    tag = visitor.get(PAGE)["ETag"]
    answer = visitor.get(PAGE, headers={"If-None-Match": tag, "Accept-Encoding": "br"})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_cached_page_has_the_headers_of_a_new_one(visitor):
    made, kept = (dict(visitor.get(PAGE).headers) for _ in range(2))
    assert made.pop("X-Request-ID") != kept.pop("X-Request-ID")
    assert made == kept
    assert {"Content-Security-Policy", "X-Frame-Options", "Permissions-Policy"} < set(kept)


@pytest.mark.usefixtures("forum_cache")
def test_caches_between_may_keep_the_guide_and_must_ask_for_the_forum(visitor, client, maya):
    assert "s-maxage=60" in visitor.get(PAGE)["Cache-Control"]
    assert [visitor.get(path)["Cache-Control"] for path in ("/", "/forum/")] == ["public, no-cache"] * 2
    for path in (PAGE, "/", "/forum/"):
        assert set(visitor.get(path)["Vary"].split(", ")) == {"Accept-Encoding", "Cookie"}
    client.force_login(maya)
    for path in (PAGE, "/", "/forum/"):
        assert "public" not in client.get(path)["Cache-Control"]


@pytest.mark.usefixtures("forum_cache")
def test_a_page_that_changed_while_it_was_made_is_made_again():
    site = Site(meanwhile=lambda: page_cache.clear(thread_scope(7)))
    handler = visitor_pages(site)
    assert [ask(handler), ask(handler)] == ["Page 1.", "Page 2."]
    site.meanwhile = lambda: None
    assert [ask(handler), ask(handler)] == ["Page 3.", "Page 3."]


@pytest.mark.usefixtures("forum_cache")
def test_a_change_in_one_thread_leaves_the_pages_of_others():
    handler = visitor_pages(Site())
    one, other = "/forum/thread/7/a/", "/forum/thread/77/a/"
    assert [ask(handler, one), ask(handler, other)] == ["Page 1.", "Page 2."]
    page_cache.clear(thread_scope(7))
    assert [ask(handler, one), ask(handler, other)] == ["Page 3.", "Page 2."]
    page_cache.clear()
    assert [ask(handler, one), ask(handler, other)] == ["Page 4.", "Page 5."]


@pytest.mark.usefixtures("forum_cache")
def test_readers_who_ask_at_once_have_the_page_made_once():
    began, answers = threading.Event(), []
    site = Site(meanwhile=lambda: (began.set(), threading.Event().wait(0.3)))
    handler = visitor_pages(site)
    readers = [threading.Thread(target=lambda: answers.append(ask(handler))) for _ in range(4)]
    readers[0].start()
    began.wait(10)
    for reader in readers[1:]:
        reader.start()
    for reader in readers:
        reader.join(10)
    assert answers == ["Page 1."] * 4


@pytest.mark.usefixtures("forum_cache")
def test_an_error_lets_the_next_reader_try():
    def fail():
        raise ValueError

    site = Site(meanwhile=fail)
    handler = visitor_pages(site)
    with pytest.raises(ValueError):
        ask(handler)
    site.meanwhile = lambda: None
    assert ask(handler) == "Page 2."


def test_without_redis_each_page_is_made(settings):
    settings.CACHES = settings.CACHES | {
        "pages": {"BACKEND": "core.forgiving_cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    handler = visitor_pages(Site())
    page_cache.clear()
    assert [ask(handler, PAGE), ask(handler, PAGE)] == ["Page 1.", "Page 2."]


@pytest.mark.usefixtures("forum_cache")
def test_a_thread_that_changed_just_now_is_read_from_the_primary(settings, monkeypatch):
    settings.DATABASES = settings.DATABASES | {"replica": {}}
    monkeypatch.setattr("config.replica.Lag.is_small", lambda self: True)
    router, used = ReplicaRouter(), []
    site = visitors_read_replica(lambda request: used.append(router.db_for_read(None)) or HttpResponse("Page."))
    handler = visitor_pages(site)
    ask(handler)
    page_cache.clear(thread_scope(7))
    ask(handler)
    ask(handler, "/forum/thread/8/b/")
    assert used == ["replica", "default", "replica"]

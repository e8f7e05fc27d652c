import re

import pytest
from django.core.cache import cache, caches

from config.middleware import PAGE_PARAMETERS
from core import page_cache

pytestmark = pytest.mark.usefixtures("article")


def test_pages_carry_the_headers_that_keep_readers_private(client):
    headers = client.get("/guide/small/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert (headers["Referrer-Policy"], headers["Cross-Origin-Opener-Policy"]) == ("same-origin", "same-origin")
    assert headers["X-Frame-Options"] == "DENY"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_a_cached_page_needs_no_query(client, django_assert_num_queries):
    client.get("/guide/small/")
    with django_assert_num_queries(0):
        client.get("/guide/small/")


def test_unknown_parameters_and_headers_make_no_further_copies(client, django_assert_num_queries):
    first = client.get("/guide/small/", {"utm_source": "0", "next": "//evil.example"})
    assert b"evil.example" not in first.content
    client.get("/guide/small/", headers={"HX-Request": "true"})
    with django_assert_num_queries(0):
        answers = [client.get("/guide/small/", {"x": n}, headers={"HX-Request": str(n)} if n else {}) for n in range(9)]
    assert len({answer.content for answer in answers}) == 1


def test_many_pages_push_no_rate_limit_out():
    assert cache.add("limit:name_check:ip:192.0.2.1:0", 1, 60)
    for n in range(400):
        page_cache.set(f"page:{n}", "x", 60)
    assert not cache.add("limit:name_check:ip:192.0.2.1:0", 1, 60)


def test_the_page_cache_knows_every_parameter_that_a_cached_page_reads(root):
    code = "".join(
        path.read_text()
        for package in ("pages", "analytics", "templatetags")
        for path in (root / "guide" / package).glob("*.py")
    )
    read = {a or b for a, b in re.findall(r"(?:GET|query)\.get(?:list)?\(\"(\w+)\"|\"(\w+)\" in request\.GET", code)}
    assert read | {"p"} == PAGE_PARAMETERS  # p: the page of a sitemap, which Django reads


def test_a_search_is_not_kept(client):
    client.get("/search/", {"q": "secret drinking"})
    assert caches["pages"]._cache == {}


def test_a_member_does_not_get_a_cached_page(client, maya, django_assert_max_num_queries):
    client.get("/guide/small/")
    client.force_login(maya)
    with django_assert_max_num_queries(30) as queries:
        client.get("/guide/small/")
    assert len(queries) > 0


def test_a_page_with_a_form_is_not_cached(client):
    one = client.get("/guide/small/feedback/").content
    two = client.get("/guide/small/feedback/").content
    assert one != two


def test_health_answers(client):
    assert client.get("/health/live").content == b"ok"
    assert client.get("/health/ready").content == b"ok"


PUBLIC = ["/", "/guide/", "/guide/small/", "/search/?q=dose", "/help-now/", "/about/", "/privacy/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitors_page_is_the_same_for_all_and_sets_nothing(path, client):
    page = client.get(path)
    assert "Cookie" not in page.get("Vary", "")
    assert "private" not in page.get("Cache-Control", "")
    assert not page.cookies
    assert b'<a href="/account/login/">Log in</a>' in page.content
    assert b"csrfmiddlewaretoken" not in page.content


@pytest.mark.parametrize("path", PUBLIC)
def test_a_members_page_is_private(path, client, maya):
    client.get(path)
    client.force_login(maya)
    page = client.get(path)
    assert "private" in page["Cache-Control"]
    assert b"Maya</summary>" in page.content
    client.logout()
    assert b"Maya" not in client.get(path).content


def test_a_stale_session_reads_as_a_visitor(client):
    client.cookies["sessionid"] = "ended-long-ago"
    assert b'<a href="/account/login/">Log in</a>' in client.get("/guide/small/").content


def test_the_forum_as_a_member_sees_it_is_not_shown_again_after_they_logged_out(client, maya):
    assert "no-store" not in client.get("/forum/").get("Cache-Control", "")
    client.force_login(maya)
    assert {"private", "no-store"} <= set(client.get("/forum/")["Cache-Control"].split(", "))


@pytest.mark.parametrize(
    "path", [*PUBLIC, "/forum/", "/account/", "/search/?q=secret+drinking", "/guide/small/feedback/"]
)
def test_no_page_of_a_session_is_stored(path, client, maya):
    client.force_login(maya)
    assert {"private", "no-store"} <= set(client.get(path)["Cache-Control"].split(", "))


def test_the_end_of_a_session_clears_what_the_browser_stored(client, maya):
    client.force_login(maya)
    assert "Clear-Site-Data" not in client.get("/").headers
    assert client.post("/account/logout/")["Clear-Site-Data"] == '"cache", "storage"'
    client.cookies.clear()  # as the browser does
    assert "Clear-Site-Data" not in client.get("/").headers
    client.force_login(maya)
    maya.sessions.all().delete()  # from another device
    assert client.get("/guide/small/")["Clear-Site-Data"] == '"cache"'  # unsent text is encrypted and may come back
    client.cookies.clear()
    assert "Clear-Site-Data" not in client.get("/").headers


def test_the_cookie_of_a_form_goes_with_the_browser(client):
    assert client.get("/guide/small/feedback/").cookies["csrftoken"]["max-age"] == ""

import pytest
from django.urls import get_resolver, reverse

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


def _pages():
    names = [pattern.name for pattern in get_resolver().url_patterns if getattr(pattern, "name", None)]
    found = [reverse(name) for name in names if name not in ("shared-card", "sitemap-part")]
    return [*found, "/guide/", "/guide/small/", "/forum/", "/account/house-rules/", "/account/login/"]


def test_every_page_answers_head_as_it_answers_get(client):
    statuses = {path: (client.head(path).status_code, client.get(path).status_code) for path in _pages()}
    assert {path: pair for path, pair in statuses.items() if pair[0] != pair[1]} == {}
    assert len(statuses) > 10

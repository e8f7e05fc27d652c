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


PUBLIC = ["/", "/guide/", "/guide/small/", "/search/?q=dose", "/help-now/", "/about/", "/privacy/", "/leave/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitors_page_is_the_same_for_all_and_sets_nothing(path, client):
    page = client.get(path)
    assert "Cookie" in page["Vary"] or path.startswith("/search/")  # for caches between: members get other pages
    assert "private" not in page.get("Cache-Control", "")
    assert not page.cookies
    assert b'<a class="at-end" href="/account/login/">Log in</a>' in page.content
    assert b"csrfmiddlewaretoken" not in page.content


@pytest.mark.parametrize("path", PUBLIC)
def test_a_members_page_is_private(path, client, maya):
    client.get(path)
    client.force_login(maya)
    page = client.get(path)
    assert "private" in page["Cache-Control"]
    assert b'<span class="account-name">Maya</span>' in page.content
    client.logout()
    assert b"Maya" not in client.get(path).content


def test_a_stale_session_reads_as_a_visitor(client):
    client.cookies["sessionid"] = "ended-long-ago"
    assert b'<a class="at-end" href="/account/login/">Log in</a>' in client.get("/guide/small/").content


@pytest.mark.parametrize(
    "path", [*PUBLIC, "/forum/", "/account/", "/search/?q=secret+drinking", "/guide/small/feedback/"]
)
def test_no_page_of_a_session_is_stored(path, client, maya):
    client.force_login(maya)
    assert {"private", "no-store"} <= set(client.get(path)["Cache-Control"].split(", "))


def test_the_end_of_a_session_clears_what_the_browser_stored(client, maya):
    client.force_login(maya)
    assert "Clear-Site-Data" not in client.get("/").headers
    assert client.post("/account/logout/")["Clear-Site-Data"] == '"cache"'
    client.cookies.clear()  # as the browser does
    assert "Clear-Site-Data" not in client.get("/").headers
    client.force_login(maya)
    maya.sessions.all().delete()  # from another device
    assert client.get("/guide/small/")["Clear-Site-Data"] == '"cache"'  # unsent text is encrypted and may come back
    client.cookies.clear()
    assert "Clear-Site-Data" not in client.get("/").headers


def test_the_cookie_of_a_form_goes_with_the_browser(client):
    assert client.get("/guide/small/feedback/").cookies["csrftoken"]["max-age"] == ""


FONT = "/static/fonts/guide-sans.woff2"


@pytest.mark.parametrize(("header", "status"), [("", 200), ("off", 200), ("on", 204)])
def test_a_reader_who_saves_data_gets_no_fonts(header, status, client):
    answer = client.get(FONT, headers={"Save-Data": header} if header else {})
    assert (answer.status_code, answer["Vary"]) == (status, "Save-Data")


def test_a_reader_who_saves_data_gets_the_styles(client):
    assert client.get("/static/css/site.css", headers={"Save-Data": "on"}).status_code == 200


def _pages():
    names = [pattern.name for pattern in get_resolver().url_patterns if getattr(pattern, "name", None)]
    found = [reverse(name) for name in names if name not in ("shared-card", "sitemap-part")]
    return [*found, "/guide/", "/guide/small/", "/forum/", "/account/house-rules/", "/account/login/"]


def test_every_page_answers_head_as_it_answers_get(client):
    statuses = {path: (client.head(path).status_code, client.get(path).status_code) for path in _pages()}
    assert {path: pair for path, pair in statuses.items() if pair[0] != pair[1]} == {}
    assert len(statuses) > 10

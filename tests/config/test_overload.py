import pytest

from config.overload import busy_response, is_health_check, may_be_refused


@pytest.mark.parametrize(
    ("request_line", "refused"),
    [
        ("GET /guide/faq/ HTTP/1.1", True),
        ("HEAD / HTTP/1.1", True),
        ("GET /search/?q=/help-now/ HTTP/1.1", True),
        ("GET /help-now/?from=x HTTP/1.1", False),
        ("GET /guide/overdose/ HTTP/1.1", False),
        ("GET /account/login/ HTTP/1.1", False),
        ("GET /forum/review/item/3/ HTTP/1.1", False),
        ("GET /static/css/site.css HTTP/1.1", False),
        ("POST /forum/thread/4/reply/ HTTP/1.1", False),
    ],
)
def test_only_reading_is_refused_and_never_help_logging_in_or_moderation(request_line, refused):
    assert may_be_refused(request_line.encode()) == refused


@pytest.mark.parametrize(
    ("request_line", "found"),
    [("GET /health/live HTTP/1.1", True), ("GET /health/ready?x HTTP/1.1", True), ("GET /about/ HTTP/1.1", False)],
)
def test_health_checks_are_known_by_their_address(request_line, found):
    assert is_health_check(request_line.encode()) == found


def test_the_response_has_help_lines_and_is_not_kept():
    head, _, page = busy_response().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"Cache-Control: no-store" in head
    assert f"Content-Length: {len(page)}".encode() in head
    assert b"988" in page

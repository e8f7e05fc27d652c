"""Logs say what went wrong, and nothing about who did what."""

import json
import logging
import sys

import pytest
from django.urls import path, reverse

from config.json_log import JsonFormatter
from config.urls import handler500, urlpatterns

PERSONAL = "maya@example.org took 50 mg, 203.0.113.7"


def fail(request, words):
    raise ValueError(PERSONAL)


__all__ = ["handler500"]
urlpatterns = [*urlpatterns, path("fail/<words>/", fail, name="fail")]


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def lines():
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.urls("tests.config.test_json_log")
def test_a_failed_request_is_logged_with_its_number_view_and_place_only(client, lines):
    client.raise_request_exception = False
    answer = client.get("/fail/my-private-words/?q=more-words", headers={"User-Agent": "Mayas Phone"})
    assert answer.status_code == 500
    number = answer["X-Request-ID"]
    found = [json.loads(line) for line in lines]
    assert {line["request"] for line in found} == {number}
    errors = [line for line in found if "error" in line]
    assert [(line["message"], line["error"]) for line in errors] == [("500 fail", "ValueError")]
    assert errors[0]["where"][-1].endswith(" fail")
    whole = "".join(lines)
    assert [words for words in ("maya", "50 mg", "203.0", "my-private", "more-words", "Phone") if words in whole] == []


def test_two_requests_have_two_numbers(client):
    first, second = (client.get("/health/live")["X-Request-ID"] for _ in range(2))
    assert first != second


def test_the_message_of_an_error_is_left_out():
    try:
        raise ValueError(PERSONAL)
    except ValueError:
        record = logging.LogRecord("site", logging.ERROR, __file__, 1, "it failed", (), sys.exc_info())
    line = json.loads(JsonFormatter().format(record))
    assert (line["message"], line["error"], line["level"]) == ("it failed", "ValueError", "ERROR")
    assert PERSONAL not in json.dumps(line)


@pytest.mark.django_db
def test_a_page_that_is_missing_is_logged_without_its_address(client, lines):
    client.get("/guide/maya-rivers-private/")
    client.get(reverse("account_login"), headers={"Host": "attacker.example"})
    assert lines
    assert "maya" not in "".join(lines)
    assert "attacker" not in "".join(lines)

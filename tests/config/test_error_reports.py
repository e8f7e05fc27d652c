"""Reports of errors, sent to a real server: what they say, and that they name no one."""

import json
import logging
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import brotli
import pytest
import sentry_sdk
from django.test import Client
from django.urls import include, path
from sentry_sdk.integrations.logging import EventHandler

from config import error_reports

PRIVATE = "Maya drank again and her wife must not know"


def failing(request, words):
    hidden = request.POST["body"]
    raise ValueError(hidden)


urlpatterns = [path("say/<str:words>/", failing, name="say"), path("", include("config.urls"))]


class Server(BaseHTTPRequestHandler):
    received: list[bytes]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(brotli.decompress(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def received():
    """What a server for reports receives while the site reports to it."""
    Server.received = []
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        error_reports.start(f"http://key@127.0.0.1:{server.server_port}/1")
        yield Server.received
        sentry_sdk.get_global_scope().set_client(None)
        root = logging.getLogger()
        root.handlers = [handler for handler in root.handlers if not isinstance(handler, EventHandler)]
        server.shutdown()


def report(received):
    sentry_sdk.flush(5)
    (envelope,) = received
    return json.loads(envelope.splitlines()[-1])


@pytest.mark.django_db
def test_a_report_has_the_kind_and_place_of_an_error_and_nothing_of_a_person(received, settings, maya):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False, headers={"User-Agent": "Mayas Phone", "Referer": "https://x/Maya"})
    client.force_login(maya)
    assert client.post("/say/Maya is here/?q=Maya", {"body": PRIVATE}).status_code == 500
    found = report(received)
    (error,) = found["exception"]["values"]
    assert (error["type"], error["stacktrace"]["frames"][-1]["function"]) == ("ValueError", "failing")
    assert found["message"] == "500 say"
    assert len(found["tags"]["request"]) == 12
    text = json.dumps(found).lower()
    assert [word for word in ("maya", "wife", "127.0.0.1", "cookie", "referer") if word in text] == []


def test_an_error_of_a_worker_is_reported_without_its_message(received):
    try:
        raise KeyError(PRIVATE)
    except KeyError:
        logging.getLogger("worker").exception("the chore %s failed", "digest")
    found = report(received)
    assert found["message"] == "the chore digest failed"
    assert [error["type"] for error in found["exception"]["values"]] == ["KeyError"]
    assert PRIVATE not in json.dumps(found)


def test_without_an_address_nothing_is_reported():
    error_reports.start("")
    assert not sentry_sdk.get_client().is_active()

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from guide.analytics import http_probe
from guide.analytics.http_probe import Answer, is_public, probe

ALL = 100  # bytes of the slow answer


class Pages(BaseHTTPRequestHandler):
    """A real server whose answer depends on the path."""

    requests: list[tuple[str, str]] = []
    trickled: list[int] = []

    def do_HEAD(self):
        self.requests.append((self.command, self.path))
        name, _, rest = self.path[1:].partition("/")
        if name == "no-head":
            return self._say(405 if self.command == "HEAD" else 200)
        if name == "to":
            return self._say(302, rest)
        if name == "round":
            return self._say(302, "/round")
        if name == "slow":
            return self._trickle()
        return self._say(int(name))

    do_GET = do_HEAD

    def _say(self, status, location=""):
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.end_headers()

    def _trickle(self):
        for number in range(ALL):
            self.trickled.append(number)
            self.wfile.write(b"H")
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    Pages.requests, Pages.trickled = [], []
    found = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    found.daemon_threads = True
    threading.Thread(target=found.serve_forever, args=(0.05,), daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture
def site(server):
    return f"http://127.0.0.1:{server.server_port}"


def here_only(server):
    """Allow this one server, and check everything else as usual."""
    return lambda address, port: (address, port) == ("127.0.0.1", server.server_port) or is_public(address, port)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/200", Answer(200)),
        ("/204", Answer(204)),
        ("/404", Answer(404, "answers 404")),
        ("/410", Answer(410, "answers 410")),
        ("/500", Answer(500, "answers 500")),
        ("/403", Answer(403)),
        ("/429", Answer(429)),
        ("/to//200", Answer(200)),
        ("/to//404", Answer(404, "answers 404")),
        ("/round", Answer(None, "too many redirects")),
    ],
)
def test_the_answer_tells_whether_a_page_exists(server, site, path, answer):
    assert probe(site + path, here_only(server)) == answer


def test_get_is_tried_if_head_fails(server, site):
    assert probe(site + "/no-head", here_only(server)) == Answer(200)
    assert Pages.requests == [("HEAD", "/no-head"), ("GET", "/no-head")]


PRIVATE = [
    *("http://127.0.0.1/", "http://localhost/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/"),
    *("http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://0.0.0.0/", "http://224.0.0.1/"),
    *(
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
    ),
    *("http://[2002:7f00:1::]/", "http://2130706433/", "http://0x7f.1/", "http://240.0.0.1/"),
]


@pytest.mark.parametrize("url", PRIVATE)
def test_internal_addresses_are_never_requested(url):
    answer = probe(url)
    assert answer.status is None
    assert answer.error in ("not on the public internet", "no answer (gaierror)", "no answer (OSError)")


@pytest.mark.parametrize("url", PRIVATE)
def test_a_redirect_to_an_internal_address_is_not_followed(server, site, url):
    answer = probe(f"{site}/to/{url}", here_only(server))
    assert (answer.status, bool(answer.error)) == (None, True)
    assert Pages.requests == [("HEAD", f"/to/{url}")]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x",
        "http://u:p@example.org/",
        "x",
    ],
)
def test_only_web_addresses_are_requested(server, site, url):
    assert probe(url) == Answer(None, "not a web address")
    if "://" in url:
        assert probe(f"{site}/to/{url}", here_only(server)) == Answer(None, "not a web address")


def test_only_public_addresses_and_web_ports_are_allowed():
    assert is_public("93.184.216.34", 443)
    assert is_public("2606:2800:220:1::1", 80)
    assert not is_public("93.184.216.34", 22)
    assert not is_public("93.184.216.34", 6379)


def test_one_private_address_among_public_ones_is_refused(monkeypatch):
    """A hostile name server may return both."""
    both = [(2, 1, 6, "", (ip, 80)) for ip in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    assert probe("http://example.org/") == Answer(None, "not on the public internet")


def test_a_name_is_resolved_once_so_it_cannot_change_after_the_check(server, monkeypatch):
    lookups = []
    real = socket.getaddrinfo

    def once(host, port, *rest, **more):
        lookups.append(host)
        return real("127.0.0.1", port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    url = f"http://rebinding.example:{server.server_port}/200"
    assert probe(url, here_only(server)) == Answer(200)
    assert [host for host in lookups if host != "127.0.0.1"] == ["rebinding.example"]


def test_a_server_that_trickles_bytes_is_disconnected(server, site, monkeypatch):
    monkeypatch.setattr(http_probe, "DEADLINE", 0.3)
    answer = probe(site + "/slow", here_only(server))
    assert (answer.status, bool(answer.error)) == (None, True)
    assert 0 < len(Pages.trickled) < ALL


def test_a_refused_connection_is_an_error(server, site):
    server.shutdown()
    server.server_close()
    assert probe(site + "/200", here_only(server)) == Answer(None, "no answer (ConnectionRefusedError)")


def test_an_invalid_certificate_is_an_error(server):
    answer = probe(f"https://127.0.0.1:{server.server_port}/200", here_only(server))
    assert (answer.status, answer.error) == (None, "its certificate is not valid")

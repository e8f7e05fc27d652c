import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from guide.analytics import http_probe
from guide.analytics.http_probe import Answer, ask, is_public


class Pages(BaseHTTPRequestHandler):
    """A real server: what it does follows from the path."""

    asked: list[tuple[str, str]] = []

    def do_HEAD(self):
        self.asked.append((self.command, self.path))
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
        for _ in range(100):
            self.wfile.write(b"H")
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    Pages.asked = []
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
    """Lets through this one server, and judges everything else as always."""
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
        ("/round", Answer(None, "leads on and on")),
    ],
)
def test_what_a_page_answers(server, site, path, answer):
    assert ask(site + path, here_only(server)) == answer


def test_who_knows_no_head_is_asked_with_get(server, site):
    assert ask(site + "/no-head", here_only(server)) == Answer(200)
    assert Pages.asked == [("HEAD", "/no-head"), ("GET", "/no-head")]


PRIVATE = [
    *("http://127.0.0.1/", "http://localhost/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/"),
    *("http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://0.0.0.0/", "http://224.0.0.1/"),
    *(
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
    ),
    *("http://[2002:7f00:1::]/", "http://2130706433/", "http://0x7f.1/", "http://240.0.0.1/"),
]


@pytest.mark.parametrize("url", PRIVATE)
def test_nobody_within_our_own_network_is_asked(url):
    answer = ask(url)
    assert answer.status is None
    assert answer.trouble in ("does not lead to the public internet", "no answer (gaierror)", "no answer (OSError)")


@pytest.mark.parametrize("url", PRIVATE)
def test_a_redirection_into_our_own_network_is_not_followed(server, site, url):
    answer = ask(f"{site}/to/{url}", here_only(server))
    assert (answer.status, bool(answer.trouble)) == (None, True)
    assert Pages.asked == [("HEAD", f"/to/{url}")]


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
def test_only_web_pages_are_asked_for(server, site, url):
    assert ask(url) == Answer(None, "leads to something that is no web page")
    if "://" in url:
        assert ask(f"{site}/to/{url}", here_only(server)) == Answer(None, "leads to something that is no web page")


def test_public_addresses_and_the_webs_own_ports():
    assert is_public("93.184.216.34", 443)
    assert is_public("2606:2800:220:1::1", 80)
    assert not is_public("93.184.216.34", 22)
    assert not is_public("93.184.216.34", 6379)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    """What a name server answers is not ours: it may name both."""
    both = [(2, 1, 6, "", (ip, 80)) for ip in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    assert ask("http://example.org/") == Answer(None, "does not lead to the public internet")


def test_a_name_is_looked_up_once_so_it_cannot_change_between_judging_and_asking(server, monkeypatch):
    lookups = []
    real = socket.getaddrinfo

    def once(host, port, *rest, **more):
        lookups.append(host)
        return real("127.0.0.1", port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    url = f"http://rebinding.example:{server.server_port}/200"
    assert ask(url, here_only(server)) == Answer(200)
    assert [host for host in lookups if host != "127.0.0.1"] == ["rebinding.example"]


def test_who_trickles_is_hung_up_on(server, site, monkeypatch):
    monkeypatch.setattr(http_probe, "DEADLINE", 0.6)
    begun = time.monotonic()
    answer = ask(site + "/slow", here_only(server))
    assert (answer.status, bool(answer.trouble)) == (None, True)
    assert time.monotonic() - begun < 3


def test_nobody_there(server, site):
    server.shutdown()
    server.server_close()
    assert ask(site + "/200", here_only(server)) == Answer(None, "no answer (ConnectionRefusedError)")


def test_a_certificate_that_is_not_valid_is_trouble(server):
    answer = ask(f"https://127.0.0.1:{server.server_port}/200", here_only(server))
    assert (answer.status, answer.trouble) == (None, "its certificate is not valid")

"""Slow clients against real servers: the production worker alone, and behind Caddy if it is installed."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from config import gunicorn_settings
from config.gunicorn_worker import MemorySocket, body_length
from tools.production_trial import caddyfile, free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db
SLOW_CLIENTS = 6 * gunicorn_settings.workers * gunicorn_settings.threads
PATIENCE = 20  # seconds until a server that doesn't answer counts as stopped
HEADERS = (
    "Host: localhost\r\nOrigin: http://localhost\r\nCookie: csrftoken=" + "a" * 32 + "\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
)
SLOW_UPLOAD = f"POST /account/login/ HTTP/1.1\r\n{HEADERS}Content-Length: 2000000\r\n\r\nlogin=".encode()
SLOW_CHUNKS = f"POST /account/login/ HTTP/1.1\r\n{HEADERS}Transfer-Encoding: chunked\r\n\r\n5\r\nlogin".encode()
SLOW_HEADERS = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
TOO_LARGE = f"POST /account/login/ HTTP/1.1\r\n{HEADERS}Content-Length: 200000000\r\n\r\nlogin=".encode()
NEVER_READ = b"GET /static/css/guide.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 400


@pytest.mark.parametrize(
    ("head", "length"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\nContent-Length: 12\r\n\r\n", 12),
        (b"POST / HTTP/1.1\r\ncontent-length:12\t\r\n\r\n", 12),
        (b"POST / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n", None),
        (b"POST / HTTP/1.1\r\nContent-Length: 12\r\nContent-Length: 12\r\n\r\n", None),
        (b"POST / HTTP/1.1\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n", None),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", None),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", None),
        (b"POST / HTTP/1.1\r\nContent-Length: 1e3\r\n\r\n", None),
        (b"POST / HTTP/1.1\r\nContent-Length: \xc2\xb2\r\n\r\n", None),
        (b"GET /?Content-Length: 5 HTTP/1.1\r\nX-Content-Length: 5\r\n\r\n", 0),
    ],
)
def test_the_length_of_a_body_is_known_or_it_is_not_read(head, length):
    assert body_length(head) == length


def test_threads_write_to_memory():
    sock = MemorySocket()
    sock.sendall(b"whole ")
    assert (sock.send(b"answer"), bytes(sock.outgoing), sock.recv(10)) == (6, b"whole answer", b"")


@pytest.fixture(scope="module")
def started():
    """Start processes that end with this module."""
    with ExitStack() as stack:

        def start(*command, **environment):
            output = stack.enter_context(tempfile.TemporaryFile("w+"))
            child = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
            stack.callback(child.wait, PATIENCE)
            stack.callback(child.terminate)
            start.children.append(child)
            return child

        start.children = []
        yield start


@pytest.fixture(scope="module")
def serve(started, django_db_setup):
    """Start production's server with the tests' settings and database, without a proxy. Returns its port."""

    def serve(*options):
        port = free_port()
        address, name = os.environ["DATABASE_URL"], connection.settings_dict["NAME"]
        started(
            *(sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn_settings"),
            *("--bind", f"127.0.0.1:{port}", *options, "config.wsgi"),
            DJANGO_SETTINGS_MODULE="config.settings.test",
            DATABASE_URL=urlsplit(address)._replace(path=f"/{name}").geturl(),
        )
        wait_until_live("http", port)
        return port

    return serve


@pytest.fixture(scope="module")
def site(serve):
    return serve()


def get(scheme, port, path="/health/live"):
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    context = {"context": ssl._create_unverified_context()} if scheme == "https" else {}  # noqa: S323  our own Caddy
    client = kinds[scheme]("localhost", port, timeout=PATIENCE, **context)
    try:
        client.request("GET", path)
        answer = client.getresponse()
        return answer.status, answer.read()
    finally:
        client.close()


def wait_until_live(scheme, port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if get(scheme, port, "/about/")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(f"nothing answers at {scheme}://localhost:{port}")


def attack(stack, port, request, *, scheme="http", receive_buffer=None):
    """Open connections that begin with `request` and then neither send nor read anything."""
    for _ in range(SLOW_CLIENTS):
        client = stack.enter_context(socket.socket())
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.connect(("127.0.0.1", port))
        if scheme == "https":
            context = ssl._create_unverified_context()  # noqa: S323  our own Caddy
            client = stack.enter_context(context.wrap_socket(client, server_hostname="localhost"))
        client.sendall(request)


@pytest.mark.system
@pytest.mark.parametrize("request_", [SLOW_UPLOAD, SLOW_CHUNKS, SLOW_HEADERS, TOO_LARGE, NEVER_READ])
def test_slow_clients_do_not_stop_the_site(site, request_):
    with ExitStack() as stack:
        attack(stack, site, request_, receive_buffer=2048)
        assert [get("http", site)[0] for _ in range(8)] == [200] * 8


@pytest.mark.system
def test_more_connections_than_the_server_holds_do_not_stop_it(serve):
    port = serve("--worker-connections", "20")
    with ExitStack() as stack:
        for _ in range(2):
            attack(stack, port, SLOW_UPLOAD)
        assert [get("http", port)[0] for _ in range(8)] == [200] * 8


@pytest.mark.system
def test_a_crowd_of_readers_is_refused_with_help_lines_and_help_and_log_in_are_not(serve):
    port = serve("--workers", "1", "--threads", "1")
    with ExitStack() as stack:
        crowd = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)) for _ in range(200)]
        for number, client in enumerate(crowd):
            client.sendall(f"GET /search/?q=sleep+{number} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        essential = [get("http", port, path)[0] for path in ("/help-now/", "/account/login/", "/forum/review/")]
        answers = [http_answer(client) for client in crowd]
    assert essential == [200, 200, 404]  # the last: the site itself answered
    assert {status for status, _ in answers} == {200, 503}
    assert {(b"Back soon" in page, b"988" in page) for status, page in answers if status == 503} == {(True, True)}
    assert get("http", port, "/about/")[0] == 200


@pytest.mark.system
def test_a_site_that_is_to_stop_fails_its_health_check_and_serves_on_for_a_while(started, serve):
    port = serve()
    (child,) = started.children[-1:]
    child.terminate()
    while get("http", port)[0] == 200:
        time.sleep(0.05)
    assert [get("http", port)[0], get("http", port, "/about/")[0]] == [503, 200]
    assert child.wait(PATIENCE) == 0


def http_answer(client):
    answer = http.client.HTTPResponse(client)
    answer.begin()
    return answer.status, answer.read()


@pytest.mark.system
def test_a_client_that_sends_nothing_more_is_cut_off(site):
    with socket.create_connection(("127.0.0.1", site), timeout=60) as client:
        client.sendall(SLOW_HEADERS)
        assert client.recv(1024) == b""


@pytest.mark.system
def test_requests_in_pieces_in_a_row_and_too_large_are_answered(site):
    with socket.create_connection(("127.0.0.1", site), timeout=PATIENCE) as client:
        for byte in b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3:
            client.sendall(bytes([byte]))
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3)
        client.sendall(TOO_LARGE)
        answers = b""
        while data := client.recv(65_536):
            answers += data
    assert re.findall(rb"HTTP/1\.1 (\d+)", answers) == [b"200"] * 6 + [b"413"]


@pytest.mark.system
def test_a_large_body_arrives_whole(site):
    body = b"login=" + b"x" * 1_000_000
    head = f"POST /account/login/ HTTP/1.1\r\n{HEADERS}Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site), timeout=PATIENCE) as client:
        client.sendall(head.encode())
        assert client.recv(1024).startswith(b"HTTP/1.1 100 Continue")
        client.sendall(body)
        assert re.match(rb"(HTTP/1\.1 100 Continue\r\n\r\n)?HTTP/1\.1 (200|403)", client.recv(1024))


@pytest.fixture(scope="module")
def caddy(started, site, tmp_path_factory):
    """Caddy with the project's file in front of the site. Returns its port."""
    if not (program := shutil.which("caddy")):
        pytest.skip("caddy isn't installed")
    folder = tmp_path_factory.mktemp("caddy")
    (folder / "Caddyfile").write_text(caddyfile())
    port = free_port()
    started(
        *(program, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")),
        SITE_ADDRESS=f"https://localhost:{port}", SITE_UPSTREAMS=f"127.0.0.1:{site}", HOME=str(folder), XDG_DATA_HOME=str(folder),
        ERROR_PAGES=str(ROOT / "templates"),
    )  # fmt: skip
    wait_until_live("https", port)
    return port


@pytest.mark.system
@pytest.mark.parametrize("request_", [SLOW_UPLOAD, SLOW_CHUNKS, SLOW_HEADERS, NEVER_READ])
def test_slow_clients_do_not_stop_the_site_behind_the_proxy(caddy, site, request_):
    with ExitStack() as stack:
        attack(stack, caddy, request_, scheme="https", receive_buffer=2048)
        assert [get("https", caddy, "/about/")[0] for _ in range(8)] == [200] * 8

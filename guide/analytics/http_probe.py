"""Ask an address on the public internet whether it is there. A leaf, and the only place that asks strangers.

An address comes from an editor and the answer from a stranger, so neither may lead into our own network: the name is looked up
once, every address that it has must be a public one, the connection goes to that very address, and each redirection is judged
anew. An answer's body is never read; the whole of it must be over within DEADLINE.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

TIMEOUT = 5.0  # seconds for each step
DEADLINE = 15.0  # seconds for all of it
REDIRECTIONS = 5
PORTS = {80, 443}
NAME = "LinkCheck/1.0 (asks once in a while whether a page that we cite is still there)"
# These answer, but not to programs: the page is there for people.
FOR_PEOPLE_ONLY = {401, 403, 405, 406, 429, 451, 999}
Judge = Callable[[str, int], bool]


class Refused(Exception):
    """We do not ask there."""


@dataclass(frozen=True)
class Answer:
    """`status` is HTTP's, or None where nobody answered. `trouble` is empty where a reader would find the page."""

    status: int | None
    trouble: str = ""


def is_public(address: str, port: int) -> bool:
    """Whether an IP address is out on the internet, whatever it is wrapped in, and the port one of the web's."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if wrapped or ip in ipaddress.ip_network("64:ff9b::/96"):  # NAT64 ends at an IPv4 address of anybody's choice
            return bool(wrapped) and is_public(str(wrapped), port)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and port in PORTS


def ask(url: str, may: Judge = is_public) -> Answer:
    """HEAD, then GET where HEAD is not understood; follows redirections. Never raises."""
    until = time.monotonic() + DEADLINE
    try:
        status = _follow("HEAD", url, may, until)
        if status >= HTTPStatus.BAD_REQUEST:
            status = _follow("GET", url, may, until)
    except Refused as error:
        return Answer(None, str(error))
    except TimeoutError:
        return Answer(None, "no answer in time")
    except ssl.SSLError:
        return Answer(None, "its certificate is not valid")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, f"no answer ({type(error).__name__})")
    there = status < HTTPStatus.BAD_REQUEST or status in FOR_PEOPLE_ONLY
    return Answer(status, "" if there else f"answers {status}")


def _follow(method: str, url: str, may: Judge, until: float) -> int:
    for _ in range(REDIRECTIONS + 1):
        status, location = _request(method, url, may, until)
        if status not in (301, 302, 303, 307, 308) or not location:
            return status
        url = urljoin(url, location)
    raise Refused("leads on and on")


def _request(method: str, url: str, may: Judge, until: float) -> tuple[int, str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise Refused("leads to something that is no web page")
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    connection = _connected(parts.scheme, parts.hostname, port, may, until)
    # A stranger who sends a byte now and then never lets a step time out: the deadline hangs up on them.
    watch = threading.Timer(max(0.0, until - time.monotonic()), _hang_up, [connection.sock])
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, headers={"User-Agent": NAME, "Accept": "*/*", "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""
    finally:
        watch.cancel()
        connection.close()


def _connected(scheme: str, host: str, port: int, may: Judge, until: float) -> http.client.HTTPConnection:
    """A connection to an address that was judged; the name is not looked up a second time."""
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(may(str(address), port) for address in found):
        raise Refused("does not lead to the public internet")
    left = min(TIMEOUT, until - time.monotonic())
    if left <= 0:
        raise TimeoutError
    sock = socket.create_connection((str(found[0]), port), timeout=left)
    if scheme == "https":
        sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    connection = http.client.HTTPConnection(host, port)
    connection.sock = sock
    return connection


def _hang_up(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return

"""Probe whether a URL on the public internet answers: the only code that sends requests to other sites.

Editors supply the URL and strangers the answer, so neither may lead into our own network (SSRF): the name is resolved once,
all its addresses must be public, the connection goes to that very address, and every redirect is checked again. The body is
never read, and everything must be over within DEADLINE.
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
MAX_REDIRECTS = 5
PORTS = {80, 443}
USER_AGENT = "LinkCheck/1.0 (checks from time to time whether pages that we cite still exist)"
# Sites that block programs answer with these; the page exists for people.
BLOCKED_STATUSES = {401, 403, 405, 406, 429, 451, 999}
AddressCheck = Callable[[str, int], bool]


class RequestRefused(Exception):
    """The URL must not be requested."""


@dataclass(frozen=True)
class Answer:
    """`status` is the HTTP status, or None without an answer. `error` is empty if a reader would find the page."""

    status: int | None
    error: str = ""


def is_public(address: str, port: int) -> bool:
    """Return whether the IP address is public, also inside an IPv6 wrapper, and the port is 80 or 443."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if wrapped or ip in ipaddress.ip_network("64:ff9b::/96"):  # NAT64 can embed any IPv4 address
            return bool(wrapped) and is_public(str(wrapped), port)
    is_site_local = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local  # fec0::/10, of old private networks
    return ip.is_global and not is_site_local and not ip.is_multicast and not ip.is_reserved and port in PORTS


def probe(url: str, is_allowed: AddressCheck = is_public) -> Answer:
    """Send HEAD, then GET if HEAD fails, following redirects. Never raises."""
    deadline = time.monotonic() + DEADLINE
    try:
        status = _follow("HEAD", url, is_allowed, deadline)
        if status >= HTTPStatus.BAD_REQUEST:
            status = _follow("GET", url, is_allowed, deadline)
    except RequestRefused as error:
        return Answer(None, str(error))
    except TimeoutError:
        return Answer(None, "no answer in time")
    except ssl.SSLError:
        return Answer(None, "its certificate is not valid")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, f"no answer ({type(error).__name__})")
    exists = status < HTTPStatus.BAD_REQUEST or status in BLOCKED_STATUSES
    return Answer(status, "" if exists else f"answers {status}")


def _follow(method: str, url: str, is_allowed: AddressCheck, deadline: float) -> int:
    for _ in range(MAX_REDIRECTS + 1):
        status, location = _request(method, url, is_allowed, deadline)
        if status not in (301, 302, 303, 307, 308) or not location:
            return status
        url = urljoin(url, location)
    raise RequestRefused("too many redirects")


def _request(method: str, url: str, is_allowed: AddressCheck, deadline: float) -> tuple[int, str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise RequestRefused("not a web address")
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    connection = _connected(parts.scheme, parts.hostname, port, is_allowed, deadline)
    # A server that sends a byte now and then never times out by itself, so a timer closes the connection.
    timer = threading.Timer(max(0.0, deadline - time.monotonic()), _close, [connection.sock])
    timer.daemon = True
    timer.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""
    finally:
        timer.cancel()
        connection.close()


def _connected(
    scheme: str, host: str, port: int, is_allowed: AddressCheck, deadline: float
) -> http.client.HTTPConnection:
    """Connect to an address that was checked, without resolving the name a second time."""
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(is_allowed(str(address), port) for address in found):
        raise RequestRefused("not on the public internet")
    left = min(TIMEOUT, deadline - time.monotonic())
    if left <= 0:
        raise TimeoutError
    sock = socket.create_connection((str(found[0]), port), timeout=left)
    if scheme == "https":
        sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    connection = http.client.HTTPConnection(host, port)
    connection.sock = sock
    return connection


def _close(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return

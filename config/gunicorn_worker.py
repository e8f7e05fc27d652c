"""A gunicorn worker whose threads never wait for a client.

gunicorn's own `gthread` worker gives a connection a thread as soon as its first byte arrives. The thread then waits for
the rest of the request, and later for the client to take the response: as many slow clients as there are threads stop
the site. Here the event loop reads whole requests and sends whole responses; threads only compute what is in between.
When too many requests wait for a thread, the event loop refuses some itself (`overload`). Before it stops, a worker serves
on while its health check fails, so that the proxy sends requests elsewhere: one sent to a closing socket would be lost.
"""

import re
import selectors
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from django.conf import settings
from gunicorn.workers.gthread import TConn, ThreadWorker

from config.overload import MAX_IN_PROGRESS, busy_response, is_health_check, may_be_refused

HEADER_SECONDS = 10
MIN_BYTES_PER_SECOND = 8 * 1024  # of a body or a response, beyond the first HEADER_SECONDS
LINGER_SECONDS = 2
LEAVE_SECONDS = 5  # between the signal to stop and stopping; the proxy asks for a site's health every 2 seconds
MAX_HEADER_BYTES = 64 * 1024
READ_BYTES = 64 * 1024
MAX_BUFFERED_BYTES = 128 * 1024 * 1024  # of one worker; then the oldest waiting connection is closed

HEADER_END = b"\r\n\r\n"
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*(?=\r\n)", re.IGNORECASE)
FRAMING_HEADER = re.compile(rb"\r\n(?:content-length|transfer-encoding)[ \t]*:", re.IGNORECASE)
EXPECTS_CONTINUE = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


def body_length(head: bytes) -> int | None:
    """Return the length of the body that follows these headers, or None if it isn't known or is too large to read."""
    framing, lengths = FRAMING_HEADER.findall(head), CONTENT_LENGTH.findall(head)
    if not framing:
        return 0
    if len(framing) != 1 or not lengths or int(lengths[0]) > settings.MAX_BODY_BYTES:
        return None
    return int(lengths[0])


class MemorySocket:
    """The socket that gunicorn's threads see: reading ends with the request, and writing never waits."""

    def __init__(self) -> None:
        self.outgoing = bytearray()

    def sendall(self, data: bytes) -> None:
        self.outgoing += data

    def send(self, data: bytes) -> int:
        self.outgoing += data
        return len(data)

    def recv(self, size: int) -> bytes:
        return b""

    def setblocking(self, blocking: bool) -> None:
        pass

    def gettimeout(self) -> float:
        return 0.0


class BufferedConnection(TConn):
    """A connection with what was received of its request and what remains to be sent of its response."""

    sock: MemorySocket

    def __init__(self, cfg: Any, peer: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, MemorySocket(), client, server)
        peer.setblocking(False)
        self.peer = peer
        self.received = bytearray()
        self.expected: int | None = None  # bytes of the request, once its headers are complete
        self.has_whole_request = True  # else the connection is closed after the response
        self.is_kept_alive = False
        self.deadline = 0.0
        self.data_ready = True  # gunicorn's threads don't wait for data

    @property
    def buffered_bytes(self) -> int:
        return len(self.received) + len(self.sock.outgoing)

    def set_deadline(self, size: int = 0) -> None:
        """Allow the time that a slow phone needs to transfer `size` bytes."""
        self.deadline = time.monotonic() + HEADER_SECONDS + size / MIN_BYTES_PER_SECOND

    def measure(self) -> None:
        """Find out how long the request is as soon as its headers are complete.

        A request with a body that isn't read ends with its headers, for the site to refuse it.
        """
        end = self.received.find(HEADER_END)
        if end < 0:
            if len(self.received) > MAX_HEADER_BYTES:
                self.expected, self.has_whole_request = len(self.received), False
            return
        head = bytes(self.received[: end + len(HEADER_END)])
        body = body_length(head)
        self.has_whole_request = body is not None
        self.expected = len(head) + (body or 0)
        self.set_deadline(self.expected)
        if body and EXPECTS_CONTINUE.search(head):
            self.peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def is_complete(self) -> bool:
        return self.expected is not None and len(self.received) >= self.expected

    def hand_over(self) -> None:
        """Give the request to gunicorn's parser; what was received beyond it belongs to the next one."""
        self.init()
        self.parser.unreader.unread(bytes(self.received[: self.expected]))
        del self.received[: self.expected]
        self.expected = None

    def flush(self) -> bool:
        """Send what the client takes now and return whether that was everything."""
        with suppress(BlockingIOError):
            while self.sock.outgoing:
                sent = self.peer.send(self.sock.outgoing)
                del self.sock.outgoing[:sent]
        return not self.sock.outgoing


class BufferingWorker(ThreadWorker):
    """Read each request in the event loop, compute its response in a thread, and send that from the event loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: dict[BufferedConnection, None] = {}  # in the event loop, the longest waiting first
        self.in_progress = 0  # requests that a thread computes or will compute
        self.leaves_at: float | None = None  # once it is to stop

    def accept(self, listener: socket.socket) -> None:
        with suppress(BlockingIOError, ConnectionAbortedError):
            peer, address = listener.accept()
            self.nr_conns += 1
            conn = BufferedConnection(self.cfg, peer, address, listener.getsockname())
            if self.nr_conns >= self.worker_connections:
                self._close_oldest()
            conn.set_deadline()
            self._wait(conn, selectors.EVENT_READ, self._receive)

    def _wait(self, conn: BufferedConnection, event: int, callback: Callable[[BufferedConnection], None]) -> None:
        self.waiting[conn] = None
        self.poller.register(conn.peer, event, partial(self._call_or_close, callback, conn))

    def _call_or_close(self, callback: Callable[[BufferedConnection], None], conn: BufferedConnection, _: Any) -> None:
        if conn not in self.waiting:  # closed to make room, earlier in this round
            return
        try:
            callback(conn)
        except BlockingIOError:
            pass  # nothing to read after all
        except OSError:
            self._close(conn)

    def _stop_waiting(self, conn: BufferedConnection) -> None:
        if conn in self.waiting:
            del self.waiting[conn]
            self.poller.unregister(conn.peer)

    def _receive(self, conn: BufferedConnection) -> None:
        data = conn.peer.recv(READ_BYTES)
        if not data:
            self._close(conn)
            return
        if not conn.received:
            conn.set_deadline()
        conn.received += data
        self._start_if_complete(conn)

    def _start_if_complete(self, conn: BufferedConnection) -> None:
        if conn.expected is None:
            conn.measure()
        if conn.is_complete():
            self._stop_waiting(conn)
            self._answer(conn)
        elif conn.buffered_bytes > READ_BYTES:
            self._limit_memory()

    def _answer(self, conn: BufferedConnection) -> None:
        """Give the request to a thread, or refuse it while too many others wait or, for a health check, before stopping."""
        is_crowded = self.in_progress >= MAX_IN_PROGRESS and may_be_refused(conn.received)
        if is_crowded or (self.leaves_at is not None and is_health_check(conn.received)):
            conn.sock.outgoing += busy_response()
            self._begin_to_send(conn, keep_alive=False)
        else:
            conn.hand_over()
            self.in_progress += 1
            self.enqueue_req(conn)

    def _keepalive_after(self, conn: BufferedConnection, keepalive: bool) -> bool:
        return super()._keepalive_after(conn, keepalive and conn.has_whole_request)

    def finish_request(self, conn: BufferedConnection, fs: "Future[bool]") -> None:
        """Begin to send the response. Runs in the event loop, like everything here but `_keepalive_after`."""
        self.in_progress -= 1
        self._begin_to_send(conn, keep_alive=not fs.cancelled() and not fs.exception() and bool(fs.result()))

    def _begin_to_send(self, conn: BufferedConnection, *, keep_alive: bool) -> None:
        conn.is_kept_alive = keep_alive
        conn.set_deadline(len(conn.sock.outgoing))
        try:
            self._send(conn)
        except OSError:
            self._close(conn)

    def _send(self, conn: BufferedConnection) -> None:
        if conn.flush():
            self._stop_waiting(conn)
            self._after_response(conn)
        elif conn not in self.waiting:
            self._wait(conn, selectors.EVENT_WRITE, self._send)

    def _after_response(self, conn: BufferedConnection) -> None:
        if conn.is_kept_alive:
            conn.deadline = time.monotonic() + self.cfg.keepalive
            self._wait(conn, selectors.EVENT_READ, self._receive)
            self._start_if_complete(conn)
        elif conn.has_whole_request:
            self._close(conn)
        else:  # closing with unread data would tell the client to forget the response
            conn.peer.shutdown(socket.SHUT_WR)
            conn.deadline = time.monotonic() + LINGER_SECONDS
            self._wait(conn, selectors.EVENT_READ, self._discard)

    def _discard(self, conn: BufferedConnection) -> None:
        if not conn.peer.recv(READ_BYTES):
            self._close(conn)

    def _close(self, conn: BufferedConnection) -> None:
        self._stop_waiting(conn)
        self.nr_conns -= 1
        conn.peer.close()

    def _close_oldest(self) -> None:
        if self.waiting:
            self._close(next(iter(self.waiting)))

    def _limit_memory(self) -> None:
        while sum(conn.buffered_bytes for conn in self.waiting) > MAX_BUFFERED_BYTES:
            self._close_oldest()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to leave, at SIGTERM. The arbiter has closed its own copy of the listening socket; ours still accepts."""
        if self.leaves_at is None:
            self.leaves_at = time.monotonic() + LEAVE_SECONDS

    def murder_keepalived(self, force: bool = False) -> None:
        """Close the connections that are out of time, and stop if it is time. gunicorn calls this about once a second."""
        now = time.monotonic()
        if self.leaves_at is not None and now >= self.leaves_at:
            super().handle_exit(signal.SIGTERM, None)
        for conn in [conn for conn in self.waiting if force or conn.deadline < now]:
            self._close(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Close idle connections by `deadline`, since this worker is to stop."""
        for conn in self.waiting:
            if not conn.buffered_bytes:
                conn.deadline = min(conn.deadline, deadline)

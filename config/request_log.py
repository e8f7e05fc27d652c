"""Identify, time and log requests."""

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config import metrics
from config.json_log import request_id, view_name

Handler = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("requests")
SLOW_SECONDS = 2.0
SERVER_ERROR = 500


def request_log(get_response: Handler) -> Handler:
    """Give each request an ID, time it for the metrics, and log it if it was slow or failed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        number, started = secrets.token_hex(6), time.perf_counter()
        token = request_id.set(number)
        try:
            response = get_response(request)
            _record(request, response, time.perf_counter() - started)
            response["X-Request-ID"] = number
            return response
        finally:
            request_id.reset(token)

    return middleware


def _record(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    view, status = view_name(request), response.status_code
    metrics.observe(view, request.method or "", status, seconds)
    if seconds > SLOW_SECONDS or status >= SERVER_ERROR:
        log.warning("%s %s %s in %d ms", request.method, view, status, seconds * 1000)

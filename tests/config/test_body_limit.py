"""A body of 200 MB is refused by its Content-Length, without reading or storing it."""

import http.client
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.credentials.evidence import MAX_BYTES
from accounts.credentials.forms import ApplicationForm
from config.middleware import body_limit

HUGE = 200 * 1024 * 1024


class Untouchable:
    def read(self, *size):
        raise AssertionError("this body must not be read")

    readline = read


def test_the_limit_leaves_room_for_the_largest_evidence():
    assert MAX_BYTES < settings.MAX_BODY_BYTES == settings.FILE_UPLOAD_MAX_MEMORY_SIZE


@pytest.mark.parametrize("length", [str(HUGE), str(settings.MAX_BODY_BYTES + 1), "-1", "many", "1e9"])
def test_an_invalid_or_too_large_content_length_is_refused_unread(length, client, maya):
    client.force_login(maya)
    answer = client.post("/account/badge/apply/", CONTENT_LENGTH=length, **{"wsgi.input": Untouchable()})
    html = answer.content.decode()
    assert (answer.status_code, "The limit is 10 MB" in html, "Content-Security-Policy" in answer) == (
        413,
        True,
        True,
    )


@pytest.mark.parametrize("length", ["", "0", str(settings.MAX_BODY_BYTES)])
def test_others_pass(length):
    handler = body_limit(lambda request: HttpResponse("through"))
    assert handler(RequestFactory().post("/", CONTENT_LENGTH=length)).content == b"through"


def test_a_real_server_responds_before_reading_the_body(live_server):
    before = set(Path(tempfile.gettempdir()).glob("*.upload*"))
    address = urlsplit(live_server.url)
    line = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    line.putrequest("POST", "/account/badge/apply/")
    line.putheader("Content-Type", "multipart/form-data; boundary=x")
    line.putheader("Content-Length", str(HUGE))
    line.endheaders(b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.4')
    answer = line.getresponse()
    assert (answer.status, b"kept nothing of it" in answer.read()) == (413, True)
    line.close()
    assert set(Path(tempfile.gettempdir()).glob("*.upload*")) == before


def test_an_accepted_file_stays_in_memory(client, maya, monkeypatch):
    kinds = []
    real = ApplicationForm.clean
    monkeypatch.setattr(
        ApplicationForm, "clean", lambda form: kinds.append(type(form.cleaned_data["file"])) or real(form)
    )
    client.force_login(maya)
    client.post("/account/badge/apply/", {"file": SimpleUploadedFile("x.pdf", b"%PDF-" + b" " * (MAX_BYTES - 10))})
    assert kinds == [InMemoryUploadedFile]

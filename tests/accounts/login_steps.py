"""Steps shared by tests of login: sign up, read the code in the email, enter it."""

import re

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import OutboxEmail

CODE = re.compile(r"^ +([B-Z]{4}-[B-Z]{4})$", re.MULTILINE)
PASSWORD = "lantern orchard seven kettles"


def sign_up(client, email, name="Quiet Heron", **more):
    answers = {"display_name": name, "email": email, "password1": PASSWORD, "adult": "on", "rules": "on", **more}
    return client.post(reverse("account_signup"), answers)


def log_in(client, email, password="pw", **more):  # noqa: S107  the invented people's
    return client.post(reverse("account_login"), {"login": email, "password": password}, **more)


def last_code(to):
    return CODE.search(OutboxEmail.objects.filter(to=to).latest("pk").body)[1]


def enter(client, url_name, code):
    return client.post(reverse(url_name), {"code": code})


def bare(response, *words):
    """Return the page without the CSRF token and the typed text, which legitimately differ."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    for word in words:
        text = text.replace(word, "…")
    return text


class CountingHasher(PBKDF2PasswordHasher):
    """Count how often a password is hashed, which takes nearly all of the time of a request."""

    iterations = 3
    count = 0

    def encode(self, password, salt, iterations=None):
        type(self).count += 1
        return super().encode(password, salt, iterations)


def work(act):
    """Return how many password hashes and queries an action needs."""
    CountingHasher.count = 0
    with CaptureQueriesContext(connection) as queries:
        act()
    return CountingHasher.count, len(queries)


def browser(address="192.0.2.1"):
    return Client(REMOTE_ADDR=address, HTTP_USER_AGENT="Mozilla/5.0 (Android 14; Mobile) Firefox/131.0 secret-build")

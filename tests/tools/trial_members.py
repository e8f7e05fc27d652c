"""Members who write in a running site at the same time, with plain HTTP."""

import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from accounts.house_rules import FIRST_VERSION

MAKE = f"""
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from allauth.account.models import EmailAddress
from accounts.models import User
store = import_module(settings.SESSION_ENGINE).SessionStore
for number in range(%d):
    name = f"%s {{number}}"
    email = name.replace(" ", "").lower() + "@example.org"
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, display_name=name, adult_confirmed_at=timezone.now(), rules_accepted={FIRST_VERSION})
    EmailAddress.objects.get_or_create(user=user, email=email, verified=True, primary=True)
    session = store()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print(session.session_key)
"""
FORM_SECONDS = 2.2  # a form that is sent sooner is taken for a machine's
FIELD = re.compile(r'<input\s+type="hidden"\s+name="(\w+)"\s+value="([^"]*)"')


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


class Member:
    """A logged-in member. `acknowledged` holds the titles of the threads that the site said it has."""

    def __init__(self, trial, session):
        self.address, self.cookies = trial.address, {"__Host-sessionid": session}
        self.acknowledged, self.statuses = [], []
        self.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trial.tls()), NoRedirects)

    def request(self, path, fields=None):
        """Return the status and the text; 0 if there was no answer."""
        data = urllib.parse.urlencode(fields).encode() if fields else None
        headers = {"Referer": self.address + path, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        try:
            with self.opener.open(urllib.request.Request(self.address + path, data, headers), timeout=60) as answer:
                for cookie in answer.headers.get_all("Set-Cookie") or []:
                    name, _, value = cookie.partition(";")[0].partition("=")
                    self.cookies[name] = value
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def start_thread(self, title):
        """Fill in the form and send it until the site says that it has it, as a patient person would."""
        path = "/forum/in/starting/new/"
        fields = dict(FIELD.findall(self._insist(200, path)))
        time.sleep(FORM_SECONDS)
        self._insist(302, path, {**fields, "title": title, "body": f"About {title}: how was it?"})
        self.acknowledged.append(title)

    def _insist(self, wanted, path, fields=None):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            status, page = self.request(path, fields)
            self.statuses.append(status)
            if status == wanted:
                return page
            time.sleep(1)
        raise AssertionError(f"{path} answered {self.statuses} instead of {wanted}")


def members(trial, number, name="Writer"):
    keys = trial.manage("shell", "-v0", "-c", MAKE % (number, name)).split()
    return [Member(trial, key) for key in keys]


def write_all(people, rounds, meanwhile, title):
    """Let everyone start `rounds` threads at the same time, and do `meanwhile` once the first was acknowledged."""
    begun = threading.Event()

    def write(number):
        for turn in range(rounds):
            people[number].start_thread(f"{title} {number}-{turn}")
            begun.set()

    with ThreadPoolExecutor(len(people)) as pool:
        done = [pool.submit(write, number) for number in range(len(people))]
        assert begun.wait(120)
        meanwhile()
        for each in done:
            each.result()

"""Hostile input to every URL and every form: whatever is sent, the answer is a page and never a server error.

The requests are the same in each run: a fixed sample of the URLs with their forms. THOROUGH=1 tries all of them, several
times over, and HOSTILE_SEED=n another sample.
"""

import os
import random
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.urls import NoReverseMatch, get_resolver, resolve, reverse
from django.urls.converters import IntConverter
from django.utils import timezone

from accounts.conduct import sanctions
from accounts.models import Notification
from accounts.roles import EDITORS, LEADS, MODERATORS, REVIEWERS, VERIFIERS
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_post
from forum.models import Category, Decision, Draft, PendingAction, ReviewItem
from forum.moderation.text_decisions import reject
from forum.posting.posts import PostText, reply, start_thread
from guide.models import Article
from tests.accounts.samples import submit
from tests.conftest import clinician, fresh, logged_in, person, small_article
from tests.effort import examples
from tests.factories import published_post

SEED = int(os.environ.get("HOSTILE_SEED", "14"))
HUGE_NUMBER = 10**30
NUMBERS = "-1 0 ² １２ 1e400 NaN Infinity 0x10 1_0 2147483648 9223372036854775808".split()
TIMES = """0001-01-01 9999-12-31 10000-01-01 2026-02-30 0001-01-01T00:00:00+23:59 9999-12-31T23:59:59-23:59
    0001-01-01T00:00:00+23:59_1 24:00 99:99 2026-11-27T12:00""".split()
HOSTILE = [
    *("", " ", "\x00", "a\x00b", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"%", "\ufffe\uffff", "\u202e", "\u115f"),
    *(*NUMBERS, "9" * 400, "-" + "9" * 30, *TIMES, "00000000-0000-0000-0000-000000000000", "on", "1,2,,3", "1-", "-"),
    *("\ufdfa" * 700, "x" * 10_000, "x " * 5_001, "\u0351" * 3_000, "👩‍👩‍👧‍👦" * 400, "\r\n" * 2_000, "ﬃ" * 9_000),
    *("> " * 2_000, "- " * 500, "[" * 3_000, "[" * 3_000 + "]" * 3_000, '{"a":' * 3_000, "(" * 900, "[[" * 900, "{{" * 99),
    *("' OR 1=1 --", "../../etc/passwd", "//evil.example", "javascript:alert(1)", "__proto__", "%00", "%s%n", "\\", "{}"),
    *("null", "[]", "true", "a@b", "A" * 64 + "@example.org", "https://" + "a." * 600 + "org", "http://[::1", "|", "*", "$"),
]  # fmt: skip
QUERY_NAMES = """q in author category period since until sort page as_of before show draft quote name next helpful sent help
    treatments p o e all change old new country rule lane kind mine state action action__exact starts_at__year id__in
    created_at__gte _popup _to_field _changelist_filters display_name by month""".split()
SAMPLE = 60  # of some 570 URLs
# Read in every run, by a member: which pages of the sample have forms is chance, and changes with each new URL.
FORM_PAGES = [
    *("guide:feedback", "forum:new-thread", "accounts:settings", "accounts:rename", "accounts:notification-settings"),
    *("accounts:badge-apply", "account_change_password", "account_email"),
]
UPLOADS_AND_SECRETS = {"file", "csrfmiddlewaretoken"}


class FormReader(HTMLParser):
    """Collect the forms of a page that POST: their addresses and their fields with the values that a browser would send."""

    def __init__(self, path):
        super().__init__()
        self.path, self.forms, self.fields, self.area = path, [], None, None

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self.fields = {}
            if (found.get("method") or "").lower() == "post":
                self.forms.append((urlsplit(found.get("action") or self.path).path or self.path, self.fields))
        elif self.fields is None or not found.get("name") or found["name"] in UPLOADS_AND_SECRETS:
            pass
        elif tag in {"option", "select", "button", "input"}:
            self._add(tag, found)
        elif tag == "textarea":
            self.area = found["name"]
            self.fields[self.area] = ""

    def _add(self, tag, found):
        is_choice = found.get("type") in ("checkbox", "radio")
        if tag == "select" or (is_choice and "checked" not in found):
            self.fields.setdefault(found["name"], "on" if tag == "input" else "")
        else:
            self.fields[found["name"]] = found.get("value") or ""

    def handle_data(self, data):
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None
        elif tag == "form":
            self.fields = None


@pytest.fixture(scope="module")
def world(module_transaction, django_db_blocker):
    """People with every right and none, and a row of each kind that they can do something with."""
    with django_db_blocker.unblock():
        small_article()
        rights = (MODERATORS, LEADS, REVIEWERS, VERIFIERS, EDITORS)
        chief = clinician("lind", "Dr. Lind", *rights, is_staff=True, is_superuser=True)
        okafor = clinician("okafor", "Dr. Okafor", REVIEWERS, MODERATORS, is_staff=True)
        maya, noah = person("maya", "Maya"), person("noah", "Noah")
        return {"roles": [None, maya, chief, chief], **rows(maya, noah, okafor, chief)}


def rows(maya, noah, okafor, chief):
    category = Category.objects.create(
        slug="starting", title="Starting", purpose="First weeks.", clinical=True, position=1
    )
    post = published_post(maya, "Is it normal to sleep badly?", by=okafor, category=category)
    answer = published_post(noah, "It was for me.", post.thread, by=okafor)
    waiting = reply(post.thread, PostText("And now?"), by=maya, key=uuid4())
    refused = start_thread(category, PostText("Hello there.", title="Hello"), by=maya, key=uuid4())
    reject(refused.revisions.get(), by=okafor, reason="spam")
    decision = Decision.objects.filter(revision__post=refused).latest("pk")
    found = {
        "credential": submit(noah), "draft": Draft.objects.create(author=maya, form_data={"body": "x"}, category=category),
        "sanction": sanctions.impose(noah, by=chief, kind="warning", reason="A test.", message="Please."),
        "notification": Notification.objects.create(recipient=maya, kind="account", sentence="Hello.", url="/"),
        "report": report_post(answer, by=maya, reason="unkind")[0], "appeal": appeal(decision, by=maya, text="Please look."),
    }  # fmt: skip
    held = {
        "post": answer,
        "by": chief,
        "credential": chief.credentials.get(),
        "due_at": timezone.now() + timedelta(days=1),
    }
    pending = PendingAction.objects.create(action="remove", title="Remove it", **held)
    return found | {
        "thread": post.thread, "post": post, "waiting": waiting, "decision": decision, "category": category, "member": noah,
        "item": ReviewItem.objects.filter(post=waiting).latest("pk"), "revision": waiting.revisions.get(),
        "article": Article.objects.get(), "pending": pending,
    }  # fmt: skip


WHICH_ROW = {  # of the URLs with this word in their name, the first match
    "credential": "credential", "badge": "credential", "evidence": "credential", "sanction": "sanction", "draft": "draft",
    "report-post": "post", "report-member": "member",
    "my-post": "waiting", "edit-post": "post", "ask-about": "decision", "appeal": "decision", "forum:undo": "pending",
    "item": "item", "claim": "item", "release": "item", "take-over": "item", "forum:review": "revision", "thread": "thread",
    "follow-thread": "thread", "trust": "member", "profile": "member", "block": "member", "read-fragment": "thread",
    "mark-read": "thread", "reply": "thread", "guide_article": "article",
}  # fmt: skip
WORDS = {
    "app_label": "forum",
    "slug": "small",
    "section": "threads",
    "action": "approve",
    "about": "member",
    "name": "source",
}


def url_names():
    spaces = {"": get_resolver()} | {f"{name}:": found[1] for name, found in get_resolver().namespace_dict.items()}
    for space, resolver in spaces.items():
        for name in sorted({key for key in resolver.reverse_dict if isinstance(key, str)}):
            for possibilities, _, _, converters in resolver.reverse_dict.getlist(name):
                yield f"{space}{name}", possibilities[0][1], converters


def paths(world):
    """Every URL with arguments that mean something, and every one with a number again with a huge number."""
    for name, parameters, converters in url_names():
        values = {parameter: argument(world, name, parameter, converters.get(parameter)) for parameter in parameters}
        numbers = {
            p: HUGE_NUMBER for p in parameters if isinstance(converters.get(p), IntConverter) or p == "object_id"
        }
        for chosen in [values] + ([values | numbers] if numbers else []):
            try:
                yield reverse(name, kwargs=chosen)
            except NoReverseMatch:
                yield reverse(name, kwargs=values | {p: "approve" for p in parameters if p not in numbers})


def argument(world, name, parameter, converter):
    if parameter == "object_id":
        return first_pk(name)
    if isinstance(converter, IntConverter):
        row = next((row for word, row in WHICH_ROW.items() if word in name), "post")
        return {"year": 2026, "month": 11}.get(parameter, world[row].pk)
    if parameter == "slug":
        return "starting" if name.startswith("forum:") else "small"
    return WORDS.get(parameter, "x")


def first_pk(name):
    app, model = name.removeprefix("admin:").split("_")[:2]
    try:
        return apps.get_model(app, model).objects.values_list("pk", flat=True).first() or 1
    except LookupError:
        return 1


class Attacker:
    """Sends requests as several people, each request undone afterwards, and collects those that end in a server error."""

    def __init__(self, people):
        self.clients, self.chance, self.errors, self.forms = (
            [logged_in(who) for who in people],
            random.Random(SEED),
            [],
            {},
        )
        self.sent = 0

    def send(self, method, path, client=None, *, query="", body=""):
        browser = fresh(client or self.chance.choice(self.clients))
        browser.raise_request_exception = False
        for alias in settings.CACHES:
            caches[alias].clear()  # rate limits
        kind = {"content_type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        with transaction.atomic():
            answer = browser.generic(method, path, body, QUERY_STRING=query, **kind)
            transaction.set_rollback(True)
        self.sent += 1
        if answer.status_code >= 500 and not path.startswith("/health/"):  # 503 there: no worker runs in tests
            error = getattr(answer, "exc_info", None) or ["", ""]
            self.errors.append((method, path[:80], query[:300], body[:300], repr(error[1])[:200]))
        return answer

    def read_forms(self, path, clients):
        for client in clients:
            answer = self.send("GET", path, client)
            if answer.status_code == 200 and "text/html" in answer.get("Content-Type", "") and not answer.streaming:
                reader = FormReader(path)
                reader.feed(answer.content.decode())
                for action, fields in reader.forms:
                    self.forms.setdefault((action, tuple(fields)), (client, fields))

    def query(self):
        return encoded({name: self.chance.choice(HOSTILE) for name in self.chance.sample(QUERY_NAMES, 6)})

    def mutated(self, fields):
        """The form as a person would send it, but for one or two fields."""
        names = self.chance.sample(sorted(fields), min(len(fields), self.chance.choice((1, 1, 2))))
        return encoded(fields | {name: self.chance.choice(HOSTILE) for name in names})


def encoded(fields):
    return urlencode({name: value if isinstance(value, bytes) else str(value) for name, value in fields.items()})


def test_no_input_causes_a_server_error(world, db, settings):
    settings.ZEAL_RAISE = False  # it would raise where a page of the admin has many queries
    settings.FORUM_POSTS_PER_HOUR_NEW = settings.FORUM_POSTS_PER_HOUR = 10_000
    attacker = Attacker(world["roles"])
    every = sorted(set(paths(world)))
    is_thorough = examples(1) > 1
    for path in every if is_thorough else attacker.chance.sample(every, SAMPLE):
        attacker.read_forms(path, attacker.clients[:3] if is_thorough else [attacker.chance.choice(attacker.clients)])
        for _ in range(examples(1)):
            attacker.send("GET", path, query=attacker.query())
    for path in [path for path in every if resolve(path).view_name in FORM_PAGES]:
        attacker.read_forms(path, attacker.clients[1:2])
    for (action, _), (client, fields) in sorted(attacker.forms.items(), key=lambda form: form[0]):
        for _ in range(examples(1)):
            attacker.send("POST", action, client, body=attacker.mutated(fields))
    assert attacker.errors == []
    assert len(every) > 250
    assert len(attacker.forms) > (100 if is_thorough else 8)


KNOWN = [  # each was a server error once, or is of its kind
    *("/forum/in/starting/?before=0001-01-01T00:00:00%2B23:59_1_0001-01-01T00:00:00%2B23:59", "/search/?q=%00&in=forum"),
    *("/forum/review/?category=%00", "/forum/review/?rule=%00", "/forum/in/starting/?before=%00"),
    "/admin/guide/supportgroup/1/change/?_to_field=",
    *("/admin/guide/article/1/change/?change=²", "/admin/forum/report/?made_at__year=9999999999999999"),
    *("/admin/forum/duty/?starts_at__year=0", "/admin/forum/duty/?starts_at__year=9999999999999999"),
    *("/admin/forum/decision/?action__exact=%00", "/account/second-step/webauthn/reauthenticate/?next=http://[::1"),
    *("/account/login/?next=http://[::1", "/admin/guide/article/?q=%00"),
]  # fmt: skip


@pytest.mark.parametrize("url", KNOWN)
def test_a_known_hostile_address_causes_no_server_error(world, db, url):
    attacker = Attacker(world["roles"])
    for client in attacker.clients[:3]:
        attacker.send("GET", urlsplit(url).path, client, query=url.partition("?")[2])
    assert attacker.errors == []


@pytest.mark.parametrize("value", ["\x00", b"\xff\xfe", "\ufdfa" * 9_000])
def test_a_hostile_text_causes_no_server_error(world, db, value):
    attacker = Attacker(world["roles"])
    for do, field in [("draft", "body"), ("draft", "title"), ("send", "body"), ("send", "key"), ("preview", "warning")]:
        sent = {"title": "T", "body": "Hello.", "key": uuid4(), "do": do, field: value}
        attacker.send("POST", reverse("forum:new-thread", args=["starting"]), attacker.clients[1], body=encoded(sent))
    assert attacker.errors == []


@pytest.mark.parametrize("name", ["mfa_login_webauthn", "mfa_add_webauthn", "mfa_authenticate"])
def test_deeply_nested_json_causes_no_server_error(world, db, name):
    attacker = Attacker(world["roles"])
    for client in attacker.clients[:3]:
        attacker.send("POST", reverse(name), client, body=encoded({"credential": '{"a":' * 20_000}))
    assert attacker.errors == []


@pytest.mark.parametrize(
    "raw", ["%00", "%ED%A0%80", "%FF", "a%0D%0Ab", "%E2%80%AE", "9" * 400, "." * 300, "%2e%2e%2f" * 20]
)
def test_no_path_causes_a_server_error(world, db, raw):
    attacker = Attacker(world["roles"][:2])
    roots = [
        "/",
        "/guide/",
        "/forum/",
        "/forum/in/",
        "/forum/thread/",
        "/card/",
        "/account/",
        "/admin/",
        "/static/",
        "/search/",
    ]
    for root in roots:
        attacker.send("GET", f"{root}{raw}")
        attacker.send("GET", f"{root}{raw}/", query=f"{raw}={raw}&q={raw}")
        attacker.send("POST", f"{root}{quote(raw)}/", body=f"{raw}={raw}")
    assert attacker.errors == []

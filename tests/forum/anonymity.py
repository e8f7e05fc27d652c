"""Write the same anonymous posts as different members, and record every answer that another member or a visitor gets."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests.conftest import empty_caches

# What the number in an address is, by the part of the address before it. Other parts get a post's.
NUMBERS = {
    "thread": "threads",
    "feeds": "threads",
    "people": "threads",
    "read": "threads",
    "follow": "threads",
    "post": "posts",
    "mine": "posts",
    "member": "members",
    "blocked": "members",
    "drafts": "drafts",
    "decision": "decisions",
}
QUERIES: dict[str, list[dict[str, str]]] = {
    "search": [
        {"in": "forum", "q": "zebra"},
        {"in": "forum", "q": "zebra", "sort": "newest"},
        {"in": "forum", "q": "zebra", "clinician": "on"},
        *({"in": "forum", "author": name} for name in ("Plain", "Entangled", "No one", "Silent")),
    ],
    "forum:category": [{"show": show} for show in ("mine", "unread", "following", "answered", "unanswered")],
    "forum:mention-fragment": [{"name": ""}, {"name": "B"}],
    "forum:thread": [{"page": "1"}],
    "search-suggestions-fragment": [{"q": "zebra"}],
}
# One body for every form: each takes the fields that it knows.
COMMON = {
    "title": "Zebra",
    "body": "Zebra, @Plain, @Entangled and @Clinician, what do you think?",
    "text": "A question.",
    "warning": "",
    "note": "Please look.",
    "key": "6b1c1d52-6a5e-4c4e-9f6a-8f1f3a9f3f10",
    "begun": "",
    "seen": "1",
    "position": "3",
    "q": "zebra",
    "display_name": "Calm Plover",
    "time_zone": "UTC",
    "email": "noah@example.org",
    "code": "acid acorn acre acts affix aged",
    "country": "",
}
BODIES = [
    COMMON | {"about": "member", "reason": "unkind", "kind": "thanks", "on": "1", "do": "preview"},
    COMMON | {"about": "post", "reason": "worried-self-harm", "kind": "block", "on": "0", "do": "send"},
    COMMON | {"about": "member", "reason": "worried-other", "kind": "mute", "do": "draft", "anonymous": "on"},
]
TIME = (
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?"
    r"|\d{1,2} [A-Z][a-z]{2,8} \d{4}, \d\d:\d\d"
    r"|\b(?:now|(?:an?|\d+)\s(?:second|minute)s?(?:,\s\d+\sseconds?)?\s(?:ago|from now))"
)
MASKED = [
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+'), r"\1token"),
    (re.compile(r'(name="begun" [^>]*value="|name="begun"[^>]*value=")[^"]*'), r"\1token"),
    (re.compile(r'(value=")[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'), r"\1token"),
    (re.compile(r'(data-offers="id_display_name">).*?</ul>', re.DOTALL), r"\1suggested at random"),
    (re.compile(r"as_of=\d{16}"), "as_of=time"),
    (re.compile(TIME), "time"),
]
# Derived from the body, from the time or from a token, or random.
UNCOMPARED_HEADERS = {"content-length", "etag", "last-modified", "expires", "date", "set-cookie", "x-request-id"}

Answer = tuple[Any, ...]


# URLs that are not asked: a reason for each.
OWN_ACCOUNT = "allauth’s pages about logging in, one’s own address, password and second factor; they know no post"
EXCUSED = {
    **dict.fromkeys(
        """account_change_password account_complete_password_reset account_confirm_login_code
        account_confirm_password_reset_code account_email account_email_verification_sent account_inactive account_login
        account_logout account_password_reset_completed account_reauthenticate account_request_login_code
        account_reset_password account_set_password account_signup account_signup_by_passkey mfa_activate_totp
        mfa_add_webauthn mfa_authenticate mfa_deactivate_totp mfa_download_recovery_codes mfa_edit_webauthn
        mfa_generate_recovery_codes mfa_index mfa_list_webauthn mfa_login_webauthn mfa_reauthenticate
        mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_signup_webauthn mfa_view_recovery_codes""".split(),
        OWN_ACCOUNT,
    ),
    **dict.fromkeys(["health-live", "health-ready", "favicon", "manifest", "robots"], "the same bytes for everyone"),
}


def own_urls() -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, route and arguments of every URL except the admin's, which answers members with its log-in page."""
    resolver = get_resolver()
    spaces = {space: found[1] for space, found in resolver.namespace_dict.items() if space != "admin"}
    for space, known in {"": resolver, **spaces}.items():
        for name in sorted(key for key in known.reverse_dict if isinstance(key, str)):
            route, arguments = known.reverse_dict.getlist(name)[0][0][0]
            yield f"{space}:{name}" if space else name, route, arguments


def addresses(numbers: dict[str, list[int]], words: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """Yield (URL name, address) for every URL with each value of its arguments. Raise KeyError for an unknown argument."""
    for name, route, arguments in own_urls():
        if name in EXCUSED:
            continue
        before = re.search(r"([\w-]+)/%\(pk\)s", route)
        pks = numbers[NUMBERS[before[1]]] if before and before[1] in NUMBERS else numbers["posts"][:1]
        choices: list[dict[str, Any]] = [{}]
        for argument in arguments:
            values = pks if argument == "pk" else words[argument]
            choices = [chosen | {argument: value} for chosen in choices for value in values]
        for chosen in choices:
            address = reverse(name, kwargs=chosen)
            yield name, address
            for query in QUERIES.get(name, []):
                yield name, f"{address}?{urlencode(query)}"


def record(world: Any, viewer: Any) -> dict[tuple[str, str, str], Answer]:
    """Return every answer to `viewer`, None for a visitor: by URL name, address, and the form that was sent."""
    client = Client()
    if viewer:
        client.force_login(viewer)
    found = {}
    for name, address in addresses(world.numbers, world.words):
        found[name, address, "GET"] = _answer(client, "GET", address)
        for number, body in enumerate(BODIES if viewer else []):
            with undone():
                answer = _answer(client, "POST", address, body | {"quoted": str(world.numbers["posts"][0])})
            found[name, address, f"POST {number}"] = answer
            if answer[0] in (404, 405):
                break
    return found


def _answer(client: Client, method: str, address: str, body: Any = None) -> Answer:
    """Status, headers, number of queries and body, for a redirect also of where it leads; without tokens and times."""
    cookies = deepcopy(client.cookies)
    empty_caches()
    connection.queries_log.clear()  # it is full after 9000 queries, and then counts none
    with CaptureQueriesContext(connection) as queries:
        response = client.generic(
            method, address, urlencode(body or {}), content_type="application/x-www-form-urlencoded"
        )
    content = response.content.decode() if not response.streaming else ""
    headers = {key: value for key, value in response.headers.items() if key.lower() not in UNCOMPARED_HEADERS}
    found: Answer = (response.status_code, _masked(str(sorted(headers.items()))), len(queries), _masked(content))
    location = response.get("Location", "")
    if location.startswith("/") and not location.startswith("/account/login"):
        found = (*found, _answer(client, "GET", location))
    client.cookies = cookies
    return found


def _masked(text: str) -> str:
    for pattern, replacement in MASKED:
        text = pattern.sub(replacement, text)
    return text


def exported(sections: dict[str, Any]) -> str:
    return _masked(json.dumps(sections, default=lambda value: value.isoformat(), sort_keys=True))


@contextmanager
def undone() -> Iterator[None]:
    """Roll back what is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def sequences() -> dict[str, int | None]:
    """Return the last number of each sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        return dict(cursor.fetchall())


def restore_sequences(last: dict[str, int | None]) -> None:
    """Let the next rows have the numbers that rolled-back ones had, so that addresses are the same."""
    with connection.cursor() as cursor:
        for name, value in last.items():
            cursor.execute("SELECT setval(%s, %s, %s)", [f'"{name}"', value or 1, value is not None])


def in_this_month() -> dict[str, list[Any]]:
    today = timezone.now()
    return {"year": [today.year], "month": [today.month]}

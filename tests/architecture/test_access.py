"""Who may open what: every named URL of our own × visitor, member, editor → status. A new URL without a row fails."""

import pytest
from django.urls import get_resolver, reverse

ROWS = {
    # name: (arguments, visitor, member, editor)
    "home": ((), 200, 200, 200),
    "search": ((), 200, 200, 200),
    "search-suggestions-fragment": ((), 200, 200, 200),
    "help-now": ((), 200, 200, 200),
    "about": ((), 200, 200, 200),
    "privacy": ((), 200, 200, 200),
    "sitemap": ((), 200, 200, 200),
    "robots": ((), 200, 200, 200),
    "manifest": ((), 200, 200, 200),
    "favicon": ((), 302, 302, 302),
    "health-live": ((), 200, 200, 200),
    "health-ready": ((), 200, 200, 200),
    "guide:map": ((), 200, 200, 200),
    "guide:print": ((), 200, 200, 200),
    "guide:feed": ((), 200, 200, 200),
    "guide:wallet-card": ((), 200, 200, 200),
    "guide:questions": ((), 200, 200, 200),
    "guide:article": (("small",), 200, 200, 200),
    "guide:feedback": (("small",), 200, 200, 200),
    "admin:index": ((), 302, 302, 200),
    "admin:guide_article_changelist": ((), 302, 302, 200),
    "admin:guide_claims": ((), 302, 302, 200),
    "admin:accounts_user_changelist": ((), 302, 302, 403),
}


def own_names():
    resolver = get_resolver()
    yield from (key for key in resolver.reverse_dict if isinstance(key, str))
    yield from (f"guide:{key}" for key in resolver.namespace_dict["guide"][1].reverse_dict if isinstance(key, str))


def test_every_url_has_a_row():
    assert {name for name in own_names() if name not in ROWS} == set()


@pytest.mark.parametrize("name", ROWS)
def test_each_person_gets_what_is_theirs(name, client, article, maya, elif_):
    arguments, *expected = ROWS[name]
    statuses = []
    for person in (None, maya, elif_):
        client.logout()
        if person:
            client.force_login(person)
        statuses.append(client.get(reverse(name, args=arguments)).status_code)
    assert statuses == expected

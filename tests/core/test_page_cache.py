"""core.page_cache: a version changes when pages are dropped, and with a transaction only when it is committed."""

import pytest
from django.db import transaction

from core import page_cache
from core.page_cache import SITE, thread_scope
from tests.conftest import empty_caches


@pytest.fixture(autouse=True)
def empty():
    empty_caches()


def test_a_version_stays_until_pages_are_dropped_and_is_never_used_again():
    seen = [page_cache.versions(SITE)]
    for _ in range(3):
        assert page_cache.versions(SITE) == seen[-1]
        page_cache.clear()
        seen.append(page_cache.versions(SITE))
    assert len(set(seen)) == 4


def test_scopes_are_dropped_apart():
    page_cache.clear(thread_scope(1))
    site, one, two = page_cache.versions(SITE, thread_scope(1), thread_scope(2))
    assert (site, two) == (None, None)
    assert one


def test_a_value_comes_with_the_versions_in_the_same_order():
    page_cache.shared().set("page", "text", 60)
    page_cache.clear(thread_scope(1))
    assert page_cache.get_with_versions("page", SITE, thread_scope(1)) == (
        "text",
        page_cache.versions(SITE, thread_scope(1)),
    )
    assert page_cache.get_with_versions("no page", SITE) == (None, (None,))


@pytest.mark.django_db
def test_a_commit_drops_the_pages(django_capture_on_commit_callbacks):
    before = page_cache.versions(SITE)
    with django_capture_on_commit_callbacks(execute=True):
        page_cache.clear_on_commit()
        assert page_cache.versions(SITE) == before
    assert page_cache.versions(SITE) != before


@pytest.mark.django_db(transaction=True)
def test_a_rollback_drops_nothing():
    before = page_cache.versions(SITE)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        page_cache.clear_on_commit()
        raise ZeroDivisionError
    assert page_cache.versions(SITE) == before

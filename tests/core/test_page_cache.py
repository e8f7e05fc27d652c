"""core.page_cache: the version grows when pages are dropped, and with a transaction only when it is committed."""

import pytest
from django.db import transaction

from core import page_cache
from tests.conftest import empty_caches


@pytest.fixture(autouse=True)
def empty():
    empty_caches()


def test_the_version_stays_until_pages_are_dropped():
    first = page_cache.version()
    assert page_cache.version() == first
    page_cache.clear()
    assert page_cache.version() == first + 1


def test_pages_can_be_dropped_before_any_was_kept():
    page_cache.clear()
    assert page_cache.version() > 1


@pytest.mark.django_db
def test_a_commit_drops_the_pages(django_capture_on_commit_callbacks):
    before = page_cache.version()
    with django_capture_on_commit_callbacks(execute=True):
        page_cache.clear_on_commit()
        assert page_cache.version() == before
    assert page_cache.version() == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_rollback_drops_nothing():
    before = page_cache.version()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        page_cache.clear_on_commit()
        raise ZeroDivisionError
    assert page_cache.version() == before

"""Who reads from the copy of the database. tests/tools/test_production_trial.py does so with a real one."""

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import RequestFactory

from config import replica
from config.replica import Lag, ReplicaRouter, visitors_read_replica

ROUTER = ReplicaRouter()


@pytest.fixture
def positions(monkeypatch):
    """The positions of the primary and the replica, as if two servers had reported them."""
    known = {"default": 100, "replica": 100, "now": 1000.0}

    def position(alias, query):
        if known[alias] is None:
            raise DatabaseError
        return known[alias]

    monkeypatch.setattr(replica, "_position", position)
    monkeypatch.setattr(replica.time, "monotonic", lambda: known["now"])
    return known


def after(positions, seconds, **changes):
    positions |= changes
    positions["now"] += seconds


def test_a_replica_that_has_caught_up_is_used(positions):
    assert Lag().is_small()


def test_a_replica_that_is_a_moment_behind_is_used(positions):
    lag = Lag()
    for written in range(101, 106):
        after(positions, 1, default=written, replica=written - 1)
        assert lag.is_small() or written == 101


def test_a_replica_that_stands_still_is_left_after_two_seconds(positions):
    lag = Lag()
    assert lag.is_small()
    after(positions, 1, default=200)
    assert lag.is_small()
    after(positions, 1.1, default=300)
    assert not lag.is_small()
    after(positions, 1.1, replica=300)
    assert lag.is_small()


def test_a_replica_that_is_away_is_left_after_two_seconds(positions):
    lag = Lag()
    assert lag.is_small()
    after(positions, 2.1, replica=None)
    assert not lag.is_small()


def test_only_visitors_who_read_uncached_pages_use_it(settings, positions):
    settings.DATABASES = settings.DATABASES | {"replica": {}}
    used = []
    handler = visitors_read_replica(lambda request: used.append(ROUTER.db_for_read(None)) or HttpResponse())
    factory = RequestFactory()
    member = factory.get("/forum/")
    member.COOKIES[settings.SESSION_COOKIE_NAME] = "anything"
    for request in (factory.get("/forum/"), member, factory.post("/forum/"), factory.get("/guide/faq/")):
        handler(request)
    assert used == ["replica", "default", "default", "default"]
    assert ROUTER.db_for_read(None) == ROUTER.db_for_write(None) == "default"


def test_writing_and_migrating_are_for_the_primary():
    assert ROUTER.db_for_write(None) == "default"
    assert (ROUTER.allow_migrate("default"), ROUTER.allow_migrate("replica")) == (True, False)


def test_without_a_replica_nothing_is_added():
    with pytest.raises(MiddlewareNotUsed):
        visitors_read_replica(lambda request: HttpResponse())

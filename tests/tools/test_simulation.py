"""A short day of moderation in processes of its own; `make simulate` is the long one."""

import os

import pytest
from django.core.management import call_command
from django.db import connection

from tests.conftest import MODERATORS, clinician, person
from tools import simulation


def address():
    """Of the test's own database, for processes that make their own connections."""
    base, mark, rest = os.environ["DATABASE_URL"].partition("?")
    return f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}{mark}{rest}"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_decided_twice_or_lost_though_one_of_them_is_killed():
    call_command("load_forum", verbosity=0)
    team = [clinician(f"m{n}", f"Dr. M{n}", MODERATORS).pk for n in range(2)]
    writers = [person(f"p{n}", f"Person {n}").pk for n in range(6)] + team[:1]
    results = simulation.run(address(), team=team, writers=writers, items=30, kills=1, senders=1)
    assert (results["moderators killed"], results["processes that failed"]) == (1, 0)
    assert results["texts sent"] > 20
    assert simulation.find_faults() == []

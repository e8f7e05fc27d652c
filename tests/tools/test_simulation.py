"""A short run of the simulation; `make simulate` is the long one."""

import os

import pytest
from django.core.management import call_command
from django.db import connection

from tests.conftest import MODERATORS, clinician, person
from tools import simulation


def address():
    """Return the URL of the test database, for other processes."""
    base, mark, rest = os.environ["DATABASE_URL"].partition("?")
    return f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}{mark}{rest}"


@pytest.mark.system
@pytest.mark.django_db(transaction=True)
def test_nothing_is_decided_twice_or_lost_when_a_moderator_is_killed():
    call_command("load_forum", verbosity=0)
    team = [clinician(f"m{n}", f"Dr. M{n}", MODERATORS).pk for n in range(2)]
    writers = [person(f"p{n}", f"Person {n}").pk for n in range(6)] + team[:1]
    results = simulation.run(address(), team=team, writers=writers, items=30, kills=1, senders=1)
    assert (results["moderators killed"], results["processes that failed"]) == (1, 0)
    assert results["texts sent"] > 20
    assert simulation.find_faults() == []

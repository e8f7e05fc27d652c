"""A short day of moderation in processes of its own; `make simulate` is the long one."""

import pytest
from django.core.management import call_command
from django.db import connection

from tests import simulation
from tests.conftest import MODERATORS, clinician, person


def address():
    """Of the test's own database, for processes that make their own connections."""
    at = connection.settings_dict
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST'] or 'localhost'}:{at['PORT']}/{at['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_decided_twice_or_lost_though_one_of_them_is_killed():
    call_command("load_forum", verbosity=0)
    team = [clinician(f"m{n}", f"Dr. M{n}", MODERATORS).pk for n in range(3)]
    writers = [person(f"p{n}", f"Person {n}").pk for n in range(6)] + team[:1]
    told = simulation.run(address(), team=team, writers=writers, items=40, kills=1, senders=1)
    assert (told["moderators killed"], told["processes that failed"]) == (1, 0)
    assert told["texts sent"] > 30
    assert simulation.faults() == []

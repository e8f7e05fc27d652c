"""The starting rules, compiled once for each module."""

import pytest

from forum.models import TriageRule
from forum.triage.detection import RuleSet, named_lists


@pytest.fixture(scope="module")
def compiled_rules(loaded_rules, django_db_blocker):
    with django_db_blocker.unblock():
        return RuleSet(TriageRule.objects.all(), named_lists())


@pytest.fixture
def rules(compiled_rules, db):
    return compiled_rules

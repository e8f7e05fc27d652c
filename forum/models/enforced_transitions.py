"""Enforce TRANSITIONS tables in the database too."""

from typing import TypeVar

import pgtrigger
from django.db.models import Model

Row = TypeVar("Row", bound=type[Model])


def enforce_transitions(model: Row) -> Row:
    """Make the database refuse every change of `state` that is not in TRANSITIONS, whoever sends it."""
    transitions = vars(model)["TRANSITIONS"].items()
    allowed = sorted((str(before), str(after)) for before, afters in transitions for after in afters)
    return pgtrigger.register(pgtrigger.FSM(name="enforce_transitions", field="state", transitions=allowed))(model)

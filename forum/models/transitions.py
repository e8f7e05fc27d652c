"""What the database lets a row become: the same table of moves that services ask."""

from typing import TypeVar

import pgtrigger
from django.db.models import Model

Row = TypeVar("Row", bound=type[Model])


def enforce_transitions(model: Row) -> Row:
    """The database refuses every change of `state` that the model's TRANSITIONS do not name, whoever sends it."""
    transitions = vars(model)["TRANSITIONS"].items()
    moves = sorted((str(before), str(after)) for before, afters in transitions for after in afters)
    return pgtrigger.register(pgtrigger.FSM(name="only_legal_moves", field="state", transitions=moves))(model)

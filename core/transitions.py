"""State transitions: the one place that assigns `state`."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol


class IllegalTransition(ValueError):
    """The row is not, or no longer, in a state from which this can happen. The message may be shown to people."""


class Stateful(Protocol):
    """A model with a `state` column and a table of the states that may follow each state."""

    state: Any

    @property
    def TRANSITIONS(self) -> Mapping[Any, Collection[Any]]: ...

    def get_state_display(self) -> str: ...

    def save(self, *, update_fields: Iterable[str]) -> None: ...


def can_become(row: Stateful, to: str) -> bool:
    """Return whether TRANSITIONS leads from the state of `row` to `to`."""
    return to in row.TRANSITIONS[row.state]


def transition(row: Stateful, to: str, **also: object) -> None:
    """Change the state of `row`, assign the other fields named in `also`, and save all of them.

    The caller holds the lock of the row. Raises IllegalTransition where TRANSITIONS does not lead to `to`.
    """
    if not can_become(row, to):
        raise IllegalTransition(f"This is “{row.get_state_display()}” now, so that is no longer possible.")
    row.state = to
    for name, value in also.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *also])

"""State transitions: the one place that assigns `state`."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol


class IllegalTransition(ValueError):
    """The state of the row does not allow this. The message may be shown to users."""


class Stateful(Protocol):
    """A model with a `state` column and a table of the states that may follow each state."""

    state: Any

    @property
    def TRANSITIONS(self) -> Mapping[Any, Collection[Any]]: ...

    def get_state_display(self) -> str: ...

    def save(self, *, update_fields: Iterable[str]) -> None: ...


def can_become(row: Stateful, to: str) -> bool:
    """Return whether TRANSITIONS allows a change from the state of `row` to `to`."""
    return to in row.TRANSITIONS[row.state]


def transition(row: Stateful, to: str, **also: object) -> None:
    """Change the state of `row`, set the fields in `also`, and save them.

    The caller must have locked the row. Raises IllegalTransition if TRANSITIONS does not allow the change.
    """
    if not can_become(row, to):
        raise IllegalTransition(f"This isn’t possible any more: it is now “{row.get_state_display()}”.")
    row.state = to
    for name, value in also.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *also])

"""The one way from state to state, for every model with a `TRANSITIONS` table."""

from typing import Any


class IllegalTransition(ValueError):
    """The row is in no state from which this can happen; somebody else was quicker."""


def transition(row: Any, to: str, **also: object) -> None:
    """Move `row` to a state that its TRANSITIONS allow, and save `also` with it. Raises IllegalTransition."""
    if to not in row.TRANSITIONS[row.state]:
        raise IllegalTransition(f"“{row}” is {row.get_state_display()} and cannot become {to}.")
    row.state = to
    for name, value in also.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *also])

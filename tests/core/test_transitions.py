"""core.transitions: one table of states, one function that follows it."""

import pytest

from core.transitions import IllegalTransition, can_become, transition


class Door:
    """A stand-in for a model: records which fields are saved."""

    TRANSITIONS = {"open": {"closed"}, "closed": {"open", "locked"}, "locked": set()}

    def __init__(self, state):
        self.state, self.saved = state, None

    def get_state_display(self):
        return self.state.title()

    def save(self, *, update_fields):
        self.saved = update_fields


def test_a_transition_saves_the_state_and_the_named_fields():
    door = Door("closed")
    transition(door, "locked", key="brass")
    assert door.state == "locked"
    assert door.key == "brass"
    assert door.saved == ["state", "key"]


@pytest.mark.parametrize("before", Door.TRANSITIONS)
@pytest.mark.parametrize("after", [*Door.TRANSITIONS, "unknown"])
def test_only_what_the_table_names_is_allowed(before, after):
    door, legal = Door(before), after in Door.TRANSITIONS[before]
    assert can_become(door, after) is legal
    if legal:
        transition(door, after)
        assert door.state == after
    else:
        with pytest.raises(IllegalTransition):
            transition(door, after, key="brass")
        assert door.state == before
        assert door.saved is None
        assert not hasattr(door, "key")


def test_the_message_names_the_current_state():
    with pytest.raises(IllegalTransition, match="now “Locked”"):
        transition(Door("locked"), "open")

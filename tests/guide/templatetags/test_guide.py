import pytest

from guide.models import OutcomeArm, OutcomeFigure
from guide.templatetags.guide import people


@pytest.mark.parametrize(
    ("out_of", "rows"), [(1, 1), (7, 1), (10, 1), (11, 1), (12, 1), (13, 2), (20, 2), (21, 3), (100, 10)]
)
def test_small_groups_of_people_stand_in_one_row_and_larger_ones_in_tens(out_of, rows):
    spots = people(OutcomeFigure(out_of=out_of), OutcomeArm(count=1))["spots"]
    assert (len(spots), len({y for _, y, _ in spots})) == (out_of, rows)


@pytest.mark.parametrize("out_of", [7, 11, 100])
def test_the_picture_has_room_for_all_people(out_of):
    picture = people(OutcomeFigure(out_of=out_of), OutcomeArm(count=3))
    assert max(x for x, _, _ in picture["spots"]) < picture["width"]
    assert max(y for _, y, _ in picture["spots"]) < picture["height"]
    assert sum(marked for _, _, marked in picture["spots"]) == 3

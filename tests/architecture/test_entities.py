"""docs/entities.md shows every model."""

import re

from tools.entity_diagram import APPS, PAGE, models_of, page


def test_every_model_is_in_the_picture_and_in_the_table():
    shown = PAGE.read_text()
    missing = [
        model.__name__
        for label in APPS
        for model in models_of(label)
        if f"| {model.__name__} |" not in shown or not re.search(rf"^    (.* )?{model.__name__}( :.*)?$", shown, re.M)
    ]
    assert missing == [], "Run `make diagram`."


def test_the_page_is_the_same_each_time():
    assert page() == page()

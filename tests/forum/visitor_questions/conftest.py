from uuid import uuid4

import pytest

from forum.models import Category
from forum.posting.posts import PostText
from forum.visitor_questions.codes import make_code
from forum.visitor_questions.questions import ask

TITLE, BODY = "Can I drive?", "I begin naltrexone on Monday. Can I drive?"


@pytest.fixture
def room(db):
    return Category.objects.create(
        slug="visitors",
        title="Questions without an account",
        purpose="Anyone can ask.",
        clinical=True,
        for_visitors=True,
        visitor_questions_per_day=3,
        position=1,
    )


@pytest.fixture
def question(room):
    """A question and its code."""
    return asked(room)


def asked(room, body=BODY, **left):
    key = uuid4()
    return ask(room, PostText(body, title=TITLE), form_key=key, **left), make_code(key)

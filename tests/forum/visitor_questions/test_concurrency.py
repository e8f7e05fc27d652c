"""Visitors and members at the same moment, each on their own PostgreSQL connection."""

from uuid import uuid4

import pytest

from forum.models import Category, VisitorQuestion
from forum.posting.posts import PostText
from forum.visitor_questions.questions import QuestionsFull, ask, claim_question
from tests.conftest import person
from tests.forum.visitor_questions.conftest import TITLE, asked
from tests.simultaneous import at_once, errors

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_place_of_the_day_is_taken_once(room):
    sent = at_once(*(lambda n=n: asked(Category.objects.get(), f"Question {n}?")[0].pk for n in range(10)))
    assert [type(error) for error in errors(sent)] == [QuestionsFull] * 7
    assert VisitorQuestion.objects.count() == 3


def test_a_form_sent_many_times_at_once_is_one_question(room):
    key = uuid4()
    sent = at_once(*[lambda: ask(room, PostText("Hello?", title=TITLE), form_key=key).pk] * 8)
    assert (errors(sent), len(set(sent))) == ([], 1)


def test_one_of_two_members_with_the_same_code_claims_it(question):
    members = [person(f"member{n}", f"Member {n}") for n in range(2)]
    done = at_once(*(lambda m=m: claim_question(VisitorQuestion.objects.get(), by=m).author_id for m in members))
    assert (len(errors(done)), question[0].post.thread.posts.get().author in members) == (1, True)

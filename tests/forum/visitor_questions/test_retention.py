from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from forum.models import Post, PostRevision, VisitorQuestion
from forum.models.visitor_questions import KEPT_FOR
from forum.moderation.text_decisions import approve, reject
from forum.visitor_questions.questions import claim_question, find_question
from forum.visitor_questions.retention import expire_questions
from tests.forum.visitor_questions.conftest import BODY, asked


def age(by=KEPT_FOR):
    VisitorQuestion.objects.update(asked_at=timezone.now() - by)


def test_a_code_works_for_its_time(question):
    age(KEPT_FOR - timedelta(minutes=1))
    assert expire_questions() == 0
    assert find_question(question[1]) == question[0]


def test_what_never_became_public_is_emptied(room, dr_okafor):
    waiting, code = asked(room, country="US", email="reader@example.org")
    refused, _ = asked(room, "How long?")
    reject(refused.post.revisions.get(), by=dr_okafor, reason="dose")
    age()
    assert expire_questions() == 2
    assert (find_question(code), VisitorQuestion.objects.count()) == (None, 0)
    assert {*PostRevision.objects.values_list("title", "body", "html")} == {("", "", "")}
    assert {*User.objects.exclude(pk=dr_okafor.pk).values_list("state", "country")} == {(User.State.ERASED, "")}
    assert waiting.post.revisions.get().state == PostRevision.State.WITHDRAWN


def test_a_published_question_stays_by_a_visitor(room, dr_okafor):
    question, code = asked(room, country="US")
    approve(question.post.revisions.get(), by=dr_okafor)
    age()
    expire_questions()
    post = Post.objects.get()
    assert (post.state, post.live.body, post.byline, post.author.country) == (
        Post.State.PUBLISHED,
        BODY,
        "A visitor",
        "",
    )
    assert find_question(code) is None


def test_a_claimed_question_stays_with_its_member(question, maya):
    claim_question(question[0], by=maya)
    age()
    expire_questions()
    assert (Post.objects.get().author, Post.objects.get().revisions.get().body) == (maya, BODY)
    assert User.objects.get(pk=maya.pk).state == User.State.ACTIVE

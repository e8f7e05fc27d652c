"""Mail to visitors who asked a question without an account and left an address."""

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from accounts.notifications.inbox import queue_plain_email
from forum.models import Post, VisitorQuestion


def address_of(person: User) -> str:
    """Return where to mail a person: for a visitor the address they left with their question, or ""."""
    if person.state != User.State.VISITOR:
        return person.email
    left = VisitorQuestion.objects.filter(post__author=person).values_list("email", flat=True)
    return left.first() or ""


def mail_about_question(post: Post, *, final: bool) -> None:
    """Mail the visitor who wrote this post, if one did, that there is news. After the final mail, delete their address."""
    if post.author.state == User.State.VISITOR:
        _mail(VisitorQuestion.objects.filter(post=post), final=final)


def mail_about_answer(post: Post) -> None:
    """Mail the visitor who asked that a clinician has answered in the thread."""
    if post.written_as_clinician:
        _mail(VisitorQuestion.objects.filter(post__thread=post.thread_id), final=True)


def _mail(questions: QuerySet[VisitorQuestion], *, final: bool) -> None:
    left = questions.exclude(email="")
    for question in left.select_for_update(of=["self"]).select_related("post__author"):
        url = settings.SITE_ADDRESS + reverse("forum:question")
        body = render_to_string("forum/notifications/visitor_question.txt", {"url": url, "final": final})
        queue_plain_email(question.email, body, recipient=question.post.author)
        if final:
            question.email = ""
            question.save(update_fields=["email"])

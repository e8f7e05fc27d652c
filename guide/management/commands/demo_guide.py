from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from guide.models import Article, ArticleRevision
from guide.review.revisions import Draft, write_revision
from guide.review.workflow import Comment, send_back, submit


class Command(BaseCommand):
    help = "On an untouched desk, one text that waits for its review and one that was sent back. Refuses outside development."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Invented drafts are for development settings only.")
        found = User.objects.filter(email__in=["elif@example.org", "okafor@example.org"])
        people = {user.email.partition("@")[0]: user for user in found}
        if {"elif", "okafor"} - people.keys() or ArticleRevision.objects.filter(author__isnull=False).exists():
            return
        with transaction.atomic():
            _begin(people["elif"], people["okafor"])
        self.stdout.write(
            "  On the editors' desk one text waits for review, and one was sent back (demonstration only)."
        )


def _begin(editor: User, reviewer: User) -> None:
    title = replace(
        _words_of("history"), title="How naltrexone came to be", note="A title that says what the page tells"
    )
    submit(write_revision(_article("history"), title, by=editor).proposal, by=editor)
    words = _words_of("how-it-works")
    shorter = replace(words, title="How it works", note="Shorter, for small screens")
    sent = write_revision(_article("how-it-works"), shorter, by=editor).proposal
    submit(sent, by=editor)
    remark = Comment("title", 1, "How it works", "Whoever comes from a search sees this line alone.")
    send_back(sent, by=reviewer, reason="Please keep the name of the medicine in the title.", comments=[remark])


def _article(slug: str) -> Article:
    return Article.objects.published().get(slug=slug)


def _words_of(slug: str) -> Draft:
    live = _article(slug).live
    return Draft(live.title, live.summary, live.in_short, live.body)

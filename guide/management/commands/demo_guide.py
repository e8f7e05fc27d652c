from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from guide.models import Article, ArticleRevision
from guide.review.remarks import draft_remark
from guide.review.revisions import Draft, write_revision
from guide.review.workflow import send_back, submit


class Command(BaseCommand):
    help = "Adds one article waiting for review and one that was sent back, if no editor has written anything. Development only."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Invented drafts are for development settings only.")
        found = User.objects.filter(email__in=["elif@example.org", "okafor@example.org"])
        people = {user.email.partition("@")[0]: user for user in found}
        if {"elif", "okafor"} - people.keys() or ArticleRevision.objects.filter(author__isnull=False).exists():
            return
        with transaction.atomic():
            _create_drafts(people["elif"], people["okafor"])
        self.stdout.write("  The editors' dashboard has one article to review and one that was sent back (demo only).")


def _create_drafts(editor: User, reviewer: User) -> None:
    text = replace(
        _live_text("history"), title="How naltrexone came to be", note="A title that says what the page is about"
    )
    submit(write_revision(_article("history"), text, by=editor).proposal, by=editor)
    shorter = replace(_live_text("how-it-works"), title="How it works", note="Shorter, for small screens")
    sent = write_revision(_article("how-it-works"), shorter, by=editor).proposal
    submit(sent, by=editor)
    draft_remark(sent, by=reviewer, quote="How it works", text="People who come from a search see only this line.")
    send_back(sent, by=reviewer, reason="Please keep the name of the medicine in the title.")


def _article(slug: str) -> Article:
    return Article.objects.published().get(slug=slug)


def _live_text(slug: str) -> Draft:
    live = _article(slug).live
    return Draft(live.title, live.summary, live.in_short, live.body)

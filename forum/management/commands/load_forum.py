from typing import Any

from django.core.management.base import BaseCommand

from forum.models import Category
from guide.models import Article

STARTERS = [
    # slug, title, purpose, clinical, pages of the guide beside its threads
    (
        "welcome",
        "Welcome and house rules",
        "Say hello, and ask how this place works.",
        False,
        "introduction where-to-go-from-here",
    ),
    (
        "starting",
        "Starting naltrexone",
        "Before a first dose, and the first weeks.",
        True,
        "before-you-start taking-it side-effects",
    ),
    (
        "alcohol",
        "Life on naltrexone: alcohol",
        "Drinking less or not at all, day by day.",
        False,
        "targeted-use how-well-it-works experiences",
    ),
    (
        "opioids",
        "Life on naltrexone: opioids",
        "Staying away from opioids, day by day.",
        True,
        "surgery-pain-and-emergencies naltrexone-and-buprenorphine experiences",
    ),
    (
        "health-questions",
        "Side effects and health questions",
        "Clinicians answer here.",
        True,
        "side-effects before-you-start",
    ),
    (
        "low-dose",
        "Low-dose naltrexone",
        "Experiences with small doses, and what is not known.",
        True,
        "low-dose-naltrexone",
    ),
    (
        "family",
        "Family and friends",
        "For people who love somebody who takes it, or might.",
        False,
        "for-family-and-friends help-lines",
    ),
    (
        "stories",
        "Stories and milestones",
        "What went well, what did not, and what comes next.",
        False,
        "experiences support-groups",
    ),
    ("site", "About this site", "What is missing, wrong or hard to use.", False, ""),
]


class Command(BaseCommand):
    help = "Makes the starter categories where there are none. They are edited in the admin afterwards."

    def handle(self, *args: Any, **options: Any) -> None:
        if Category.objects.exists():
            return
        for position, (slug, title, purpose, clinical, pages) in enumerate(STARTERS):
            words = {"slug": slug, "title": title, "purpose": purpose}
            category = Category.objects.create(clinical=clinical, position=position, **words)
            category.pages.set(Article.objects.filter(slug__in=pages.split()))

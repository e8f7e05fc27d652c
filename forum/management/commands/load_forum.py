from typing import Any

from django.core.management.base import BaseCommand

from forum.models import Category
from guide.models import Article

STARTERS = [
    # slug, title, purpose, clinical, guide pages shown with its threads
    (
        "welcome",
        "Welcome and house rules",
        "Say hello, and ask how the forum works.",
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
        "Experiences with low doses, and what isn’t known yet.",
        True,
        "low-dose-naltrexone",
    ),
    (
        "family",
        "Family and friends",
        "For people close to someone who takes naltrexone, or might.",
        False,
        "for-family-and-friends help-lines",
    ),
    (
        "stories",
        "Stories and milestones",
        "What went well, what didn’t, and what comes next.",
        False,
        "experiences support-groups",
    ),
    ("site", "About this site", "What’s missing, wrong or hard to use.", False, ""),
]
FOR_VISITORS = {
    "slug": "without-an-account",
    "title": "Questions without an account",
    "purpose": "Anyone can ask here. Only clinicians answer.",
    "clinical": True,
    "for_visitors": True,
    "visitor_questions_per_day": 5,
}


class Command(BaseCommand):
    help = "Creates the starter categories if there are none. Edit them in the admin afterwards."

    def handle(self, *args: Any, **options: Any) -> None:
        if Category.objects.exists():
            return
        for position, (slug, title, purpose, clinical, pages) in enumerate(STARTERS):
            fields = {"slug": slug, "title": title, "purpose": purpose}
            category = Category.objects.create(clinical=clinical, position=position, **fields)
            category.pages.set(Article.objects.filter(slug__in=pages.split()))
        Category.objects.create(position=len(STARTERS), **FOR_VISITORS)

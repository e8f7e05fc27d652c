from typing import Any

from django.core.management.base import BaseCommand

from forum.models import Category

STARTERS = [
    # slug, title, purpose, clinical
    ("welcome", "Welcome and house rules", "Say hello, and ask how this place works.", False),
    ("starting", "Starting naltrexone", "Before a first dose, and the first weeks.", True),
    ("alcohol", "Life on naltrexone: alcohol", "Drinking less or not at all, day by day.", False),
    ("opioids", "Life on naltrexone: opioids", "Staying away from opioids, day by day.", True),
    ("health-questions", "Side effects and health questions", "Clinicians answer here.", True),
    ("low-dose", "Low-dose naltrexone", "Experiences with small doses, and what is not known.", True),
    ("family", "Family and friends", "For people who love somebody who takes it, or might.", False),
    ("stories", "Stories and milestones", "What went well, what did not, and what comes next.", False),
    ("site", "About this site", "What is missing, wrong or hard to use.", False),
]


class Command(BaseCommand):
    help = "Makes the starter categories where there are none. They are edited in the admin afterwards."

    def handle(self, *args: Any, **options: Any) -> None:
        if Category.objects.exists():
            return
        for position, (slug, title, purpose, clinical) in enumerate(STARTERS):
            Category.objects.create(slug=slug, title=title, purpose=purpose, clinical=clinical, position=position)

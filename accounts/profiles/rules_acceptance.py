from django.utils import timezone

from accounts.house_rules import RULES_VERSION
from accounts.models import User


def accept_rules(*, by: User) -> None:
    by.rules_accepted, by.rules_accepted_at = RULES_VERSION, timezone.now()
    by.save(update_fields=["rules_accepted", "rules_accepted_at"])

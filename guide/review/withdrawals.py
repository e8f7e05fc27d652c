"""Taking a page of the guide down, and bringing it back."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.transitions import IllegalTransition
from guide import permissions
from guide.models import Article, Withdrawal
from guide.review.revisions import guide_changed


@transaction.atomic
def withdraw_page(
    article: Article, *, by: User, reason: str, instead: Article | None = None, redirects: bool = False
) -> Withdrawal:
    """Take a page down: its URL answers 410 with the reason, or redirects. Raises ValueError, IllegalTransition."""
    _locked(article, by)
    if not reason.strip():
        raise ValueError("Say why the page is taken down.")
    if instead == article or (redirects and instead is None):
        raise ValueError("Choose another page to read instead.")
    if not Article.objects.published().filter(pk=article.pk).exists():
        raise IllegalTransition("Readers don’t see this page.")
    found = Withdrawal.objects.create(article=article, reason=reason, instead=instead, redirects=redirects, by=by)
    guide_changed()
    return found


@transaction.atomic
def end_withdrawal(article: Article, *, by: User) -> Withdrawal:
    """Show a withdrawn page again, with the text that is live now. Raises IllegalTransition."""
    _locked(article, by)
    found = Withdrawal.objects.in_force().filter(article=article).first()
    if found is None:
        raise IllegalTransition("This page is not withdrawn.")
    found.ended_by, found.ended_at = by, timezone.now()
    found.save(update_fields=["ended_by", "ended_at"])
    guide_changed()
    return found


def _locked(article: Article, by: User) -> None:
    if not permissions.can_withdraw_article(by):
        raise PermissionDenied("Only administrators can take a page down.")
    Article.objects.select_for_update(of=("self",)).get(pk=article.pk)

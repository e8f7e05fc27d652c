"""Help cards: the moderator's page, where a card is shown before it is sent, and the person's pages."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.profiles.country import choose_country
from core.requests import AuthenticatedHttpRequest
from forum.models import HelpCard
from forum.moderation import help_cards
from forum.moderation.access import moderator_required
from forum.moderation.help_card_forms import HelpCardForm
from forum.moderation.help_card_subjects import Subject, find_subject
from forum.notifications.help_cards import card_context, card_lines, card_of_token
from guide.pages.help_lines import countries_with_lines, offered_countries


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def compose(request: AuthenticatedHttpRequest, about: str, pk: int) -> HttpResponse:
    """Two steps: choose and see the card, then send it. Nothing is sent by the first."""
    subject = find_subject(request.user, about, pk)
    form = HelpCardForm(request.POST or None, person=subject.person, initial=subject.initial)
    if request.method != "POST" or not form.is_valid() or "send" not in request.POST:
        shown = _unsent(subject, form) if request.method == "POST" and form.is_valid() else None
        return render(request, "forum/moderation/compose_card.html", _context(subject, form, shown))
    card = help_cards.send_help_card(
        subject.person, by=request.user, item=subject.item, post=subject.post, **form.cleaned_data
    )
    messages.success(request, _where_it_is(subject.person))
    return redirect("forum:review-item", card.item_id)


def _where_it_is(person: User) -> str:
    if person.state == User.State.VISITOR:
        return "The card is shown to whoever opens the question with its code, and mailed in 30 seconds if they left an address."
    return f"The card for {person} is in their inbox. Its mail leaves in 30 seconds."


def _unsent(subject: Subject, form: HelpCardForm) -> HelpCard:
    """The card as it would be sent, for the preview."""
    chosen = form.cleaned_data
    return HelpCard(person=subject.person, lines=card_lines(chosen["kind"], chosen["country"]), **chosen)


def _context(subject: Subject, form: HelpCardForm, shown: HelpCard | None) -> dict[str, Any]:
    earlier = HelpCard.objects.sent().filter(person=subject.person).select_related("sent_by")[:5]
    preview = card_context(shown) | {"card": shown} if shown else {}
    return {"subject": subject, "form": form, "shown": shown, "cards": earlier, **preview}


@moderator_required
@require_POST
def undo(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    card = get_object_or_404(HelpCard.objects.sent(), pk=pk)
    help_cards.undo_help_card(card, by=request.user)
    messages.success(request, "The card was taken back. No mail was sent.")
    return redirect("forum:review-item", card.item_id)


@never_cache
@login_required
@require_safe
def help_card(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """For the person alone."""
    card = get_object_or_404(HelpCard.objects.sent().select_related("credential"), pk=pk, person=request.user)
    if request.method == "GET":
        help_cards.mark_opened(card, by_link=False)
    context = card_context(card, _chosen(request)) | {"card": card}
    return render(request, "forum/moderation/help_card.html", context)


@never_cache
@login_required
@require_POST
def remember_country(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Make the country that was chosen on the card the member's setting."""
    card = get_object_or_404(HelpCard.objects.sent(), pk=pk, person=request.user)
    choose_country(request.user, request.POST.get("country", ""))
    return redirect("forum:help-card", card.pk)


@sensitive_variables("token")
@never_cache
@require_safe
def shared_card(request: HttpRequest, token: str) -> HttpResponse:
    """The card without logging in. It names neither the recipient nor the sender, and the link expires."""
    try:
        card = card_of_token(token)
    except signing.SignatureExpired:
        context = {"countries": countries_with_lines()}
        return render(request, "forum/moderation/expired_card.html", context, status=410)
    except (signing.BadSignature, HelpCard.DoesNotExist) as error:
        raise Http404 from error
    if request.method == "GET":
        help_cards.mark_opened(card, by_link=True)
    context = card_context(card, _chosen(request)) | {"card": card}
    response = render(request, "forum/moderation/shared_card.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _chosen(request: HttpRequest) -> str | None:
    """The country that the reader chose on the page; None for no choice."""
    code = request.GET.get("country")
    return code if code in dict(offered_countries()) or code == "" else None

"""The clinician's badge, for applicants and readers. Someone else's application is a 404."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.credentials import verification
from accounts.credentials.forms import AnswerForm, ApplicationForm, NameForm
from accounts.danger import show_help
from accounts.models import Credential
from accounts.permissions import can_answer_credential, can_apply_for_badge, credential_in_force
from accounts.rate_limits import is_rate_limited
from core.requests import AuthenticatedHttpRequest
from core.transitions import IllegalTransition, can_become


@require_safe
def how_verification_works(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/credentials/how_verification_works.html")


@never_cache
@require_safe
def who_moderates(request: HttpRequest) -> HttpResponse:
    return render(
        request, "accounts/credentials/who_moderates.html", {"credentials": Credential.objects.of_moderators()}
    )


@never_cache
@login_required
@require_safe
def badge(request: AuthenticatedHttpRequest) -> HttpResponse:
    context = {
        "credentials": Credential.objects.of(request.user),
        "in_force": credential_in_force(request.user),
        "may_apply": can_apply_for_badge(request.user),
    }
    return render(request, "accounts/credentials/badge.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not can_apply_for_badge(request.user):
        return redirect("accounts:badge")
    form = _bound(ApplicationForm, request)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        credential = verification.submit_application(form.application(), by=request.user, file=file)
        _read_for_danger(request, form)
        return redirect("accounts:badge-application", credential.pk)
    return render(request, "accounts/credentials/apply.html", {"form": form})


@never_cache
@login_required
@require_safe
def application(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    credential = get_object_or_404(Credential.objects.of(request.user), pk=pk)
    events = credential.events.select_related("by")
    return render(request, "accounts/credentials/application.html", {"credential": credential, "events": events})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    credential = get_object_or_404(Credential.objects.of(request.user), pk=pk)
    if not can_answer_credential(request.user, credential):
        raise PermissionDenied
    form = _bound(AnswerForm, request, instance=credential)
    if credential.state != Credential.State.MORE_ASKED:
        return redirect("accounts:badge-application", pk)
    if request.method == "POST" and form.is_valid():
        answer_data = {"message": form.cleaned_data["message"], "file": form.cleaned_data["file"]}
        with suppress(IllegalTransition):  # sent twice; the first one counts
            verification.answer_request(credential, form.application(), by=request.user, **answer_data)
            _read_for_danger(request, form)
        return redirect("accounts:badge-application", pk)
    question = credential.events.filter(action="asked").last()
    return render(
        request, "accounts/credentials/answer.html", {"form": form, "credential": credential, "question": question}
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    credential = get_object_or_404(Credential.objects.of(request.user), pk=pk)
    if not can_become(credential, Credential.State.WITHDRAWN):
        return redirect("accounts:badge-application", pk)
    if request.method == "POST":
        with suppress(IllegalTransition):
            verification.withdraw_application(credential, by=request.user)
        return redirect("accounts:badge-application", pk)
    return render(request, "accounts/credentials/withdraw.html", {"credential": credential})


@never_cache
@login_required
@require_POST
def name(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    credential = get_object_or_404(Credential.objects.of(request.user), pk=pk)
    form = NameForm(request.POST, instance=credential)
    if form.is_valid():
        verification.show_professional_name(credential, shown=form.cleaned_data["name_public"])
    return redirect("accounts:badge-application", pk)


def _read_for_danger(request: AuthenticatedHttpRequest, form: ApplicationForm) -> None:
    """Each field by itself: moderators get only the one that sounds like danger, and not the license or the legal name."""
    for name in ["legal_name", "license_number", "jurisdiction", "public_name", "message"]:
        show_help(request, form.cleaned_data.get(name, ""), source="badge")


def _bound(form_class: type[ApplicationForm], request: AuthenticatedHttpRequest, **options: Any) -> ApplicationForm:
    """Bind the form, but without the file if this account has sent too many: checking one is expensive."""
    if request.method != "POST":
        return form_class(**options)
    if not request.FILES or not is_rate_limited(request, "badge_evidence"):
        return form_class(request.POST, request.FILES, **options)
    form = form_class(request.POST, **options)
    form.full_clean()
    form.add_error("file", "You’ve sent several files in the last hour. Please choose the file again in an hour.")
    return form

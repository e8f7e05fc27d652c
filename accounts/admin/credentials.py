"""Admin pages for verifiers: badge applications, evidence and decisions. Rows change only through `credentials.verification`."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Value, When
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from accounts.admin.read_only import ReadOnlyAdmin
from accounts.auth.reauthentication import recent_authentication_required
from accounts.credentials import verification
from accounts.credentials.forms import ApprovalForm, ReasonForm
from accounts.models import Credential, Evidence
from accounts.permissions import can_decide_credential, can_see_evidence
from core.requests import AnyUser, AuthenticatedHttpRequest
from core.transitions import IllegalTransition

State = Credential.State
BREAK = SafeString("<br>")
NPI_REGISTRY = "https://npiregistry.cms.hhs.gov/provider-view/"


class Decision(NamedTuple):
    to: str
    verb: str
    form: type[Form]
    service: Callable[..., Credential]
    done: str


DECISIONS = {
    "approve": Decision(State.APPROVED, "Approve", ApprovalForm, verification.approve, "Approved."),
    "ask": Decision(
        State.MORE_ASKED,
        "Ask for more information",
        ReasonForm,
        verification.ask_for_more,
        "Your question was sent to the applicant.",
    ),
    "reject": Decision(State.REJECTED, "Reject", ReasonForm, verification.reject, "Rejected."),
    "revoke": Decision(
        State.REVOKED, "Revoke", ReasonForm, verification.revoke, "Revoked. Their clinician rights have ended."
    ),
}


@admin.register(Credential)
class CredentialAdmin(ReadOnlyAdmin):
    # Keep legal names, license numbers and links out of lists, searches and URLs: those end up in logs and on shared screens.
    list_display = ["applicant", "profession", "jurisdiction", "status", "waiting", "until"]
    list_display_links = ["applicant"]
    list_filter = ["state", "profession", "jurisdiction"]
    list_select_related = ["user"]
    search_fields = ["user__display_name"]
    ordering = [Case(When(state=State.SUBMITTED, then=Value(0)), default=Value(1)), "submitted_at"]
    fieldsets = [
        (
            "Compare with the public register",
            {"fields": ["legal_name", "license_number", "jurisdiction", "npi", "register"]},
        ),
        ("Shown on the badge", {"fields": ["applicant", "profession", "public_name", "name_public"]}),
        ("State", {"fields": ["status", "submitted_at", "approved_at", "expires_at"]}),
    ]
    readonly_fields = ["register", "applicant", "status"]
    change_form_template = "admin/accounts/credential.html"

    @admin.display(description="name on this site", ordering="user__display_name")
    def applicant(self, credential: Credential) -> str:
        return str(credential.user)

    @admin.display(description="state", ordering="state")
    def status(self, credential: Credential) -> str:
        return credential.status_label

    @admin.display(description="waiting for", ordering="submitted_at")
    def waiting(self, credential: Credential) -> str:
        return timesince(credential.submitted_at, timezone.now(), depth=1) if credential.is_open else "–"

    @admin.display(description="until", ordering="expires_at")
    def until(self, credential: Credential) -> str:
        return f"{credential.expires_at:%Y-%m-%d}" if credential.expires_at else "–"

    @admin.display(description="register")
    def register(self, credential: Credential) -> str:
        """Return links that send no referrer. The URL is the link text, since an applicant could give a look-alike site."""
        urls = [credential.registry_url, credential.npi and NPI_REGISTRY + credential.npi]
        link = '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>'
        return format_html_join(BREAK, link, [(url, url) for url in urls if url]) or "No link given."

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        decide, evidence = view(self.decide, cacheable=False), view(self.evidence, cacheable=False)
        return [
            path("<int:pk>/decide/<slug:decision>/", decide, name="accounts_credential_decide"),
            path("evidence/<int:pk>/", evidence, name="accounts_credential_evidence"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        credential = self.get_object(request, object_id)
        context = {**(extra_context or {}), "title": "Application for the badge", "subtitle": None}
        if credential and self.has_view_permission(request, credential):
            context |= _credential_context(credential, request.user)
        return super().change_view(request, object_id, form_url, context)

    @recent_authentication_required
    def decide(self, request: HttpRequest, pk: int, decision: str) -> HttpResponse:
        credential = get_object_or_404(Credential.objects.select_related("user"), pk=pk)
        if decision not in DECISIONS:
            raise Http404
        if not can_decide_credential(request.user, credential):
            raise PermissionDenied
        chosen = DECISIONS[decision]
        seen = {"seen": verification.last_event_id(credential)}
        form = chosen.form(request.POST if request.method == "POST" else None, initial=seen)
        if request.method == "POST" and form.is_valid():
            return self._carry_out(request, credential, chosen, form)
        context = {"credential": credential, "decision": chosen, "form": form, "title": f"{chosen.verb}?"}
        return render(request, "admin/accounts/decide.html", {**self.admin_site.each_context(request), **context})

    def _carry_out(self, request: HttpRequest, credential: Credential, chosen: Decision, form: Form) -> HttpResponse:
        try:
            chosen.service(credential, by=request.user, **form.cleaned_data)
            messages.success(request, chosen.done)
        except IllegalTransition as error:
            messages.error(request, str(error))
        return redirect("admin:accounts_credential_change", credential.pk)

    @recent_authentication_required
    def evidence(self, request: AuthenticatedHttpRequest, pk: int) -> FileResponse:
        """Send an evidence file as a sandboxed download: the only way to read one."""
        found = get_object_or_404(Evidence.objects.select_related("credential"), pk=pk)
        if request.method != "GET" or not can_see_evidence(request.user, found):
            raise Http404
        verification.record_evidence_view(found, by=request.user)
        name = f"evidence-{found.pk}{str(found.file.name)[-4:]}"
        response = FileResponse(found.file.open(), as_attachment=True, filename=name, content_type=found.content_type)
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


def _credential_context(credential: Credential, user: AnyUser) -> dict[str, Any]:
    may_decide = can_decide_credential(user, credential)
    allowed = Credential.TRANSITIONS[State(credential.state)]
    return {
        "decisions": {key: d.verb for key, d in DECISIONS.items() if may_decide and d.to in allowed},
        "is_own": credential.user_id == user.pk,
        "evidence": credential.evidence.all() if may_decide else [],
        "events": credential.events.select_related("by"),
    }

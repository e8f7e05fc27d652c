"""Admin of proposals to weaken triage: their list, and the page on which a second person accepts or rejects one."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from accounts.admin.read_only import ReadOnlyAdmin
from core.params import int_or_none
from core.requests import authenticated_user
from core.transitions import IllegalTransition
from forum.models import TriageProposal
from forum.permissions import can_decide_triage_proposal, can_edit_triage, can_withdraw_triage_proposal
from forum.triage import proposals, rule_store
from forum.triage.forms import AnswerForm

DONE = {
    "accept": "The change is now in force. We’ve told the other moderators and administrators.",
    "reject": "Rejected. Triage stays as it is.",
    "withdraw": "You withdrew it. Triage stays as it is.",
}


def panel_context(
    request: HttpRequest, proposal: TriageProposal | None, form: AnswerForm | None = None
) -> dict[str, Any]:
    """Inputs of admin/forum/_triage_proposal.html."""
    if proposal is None:
        return {"proposal": None}
    before = rule_store.content_of(proposal.subject, proposal.based_on)
    waiting = proposal.state == TriageProposal.State.WAITING
    return {
        "proposal": proposal,
        "proposed_lines": rule_store.changed_lines(before, proposal.content),
        "may_decide": waiting and can_decide_triage_proposal(request.user, proposal),
        "may_withdraw": waiting and can_withdraw_triage_proposal(request.user, proposal),
        "answer_form": form or AnswerForm(),
    }


@admin.register(TriageProposal)
class TriageProposalAdmin(ReadOnlyAdmin):
    list_display = ["subject", "state", "by", "made_at", "decided_by", "decided_at"]
    list_filter = ["state"]
    list_select_related = ["by", "decided_by"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_edit_triage(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_edit_triage(request.user)

    def get_urls(self) -> list[URLPattern]:
        answer = self.admin_site.admin_view(require_POST(self.answer))
        return [path("<int:pk>/answer/<slug:name>/", answer, name="forum_triageproposal_answer"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._page(request, self._proposal(request, int_or_none(object_id)))

    def answer(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        proposal = self._proposal(request, pk)
        form = AnswerForm(request.POST)
        if name not in DONE or not form.is_valid():
            return self._page(request, proposal, form)
        by, said = authenticated_user(request), form.cleaned_data["answer"]
        try:
            if name == "withdraw":
                proposals.withdraw(proposal, by=by)
            else:
                (proposals.accept if name == "accept" else proposals.reject)(proposal, by=by, answer=said)
        except (IllegalTransition, ValidationError) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
            proposal.refresh_from_db()
            return self._page(request, proposal, form)
        messages.success(request, DONE[name])
        return redirect("admin:forum_triageproposal_change", pk)

    def _proposal(self, request: HttpRequest, pk: int | None) -> TriageProposal:
        if not can_edit_triage(request.user):
            raise PermissionDenied
        return get_object_or_404(TriageProposal.objects.select_related("by", "decided_by"), pk=pk)

    def _page(self, request: HttpRequest, proposal: TriageProposal, form: AnswerForm | None = None) -> HttpResponse:
        row = rule_store.rows_of(proposal.subject)[0]
        url = reverse(f"admin:forum_{row._meta.model_name}_change", args=[row.pk])
        context = {"title": f"Proposal to weaken triage: {proposal.subject}", "row": row, "row_url": url}
        context |= {**self.admin_site.each_context(request), **panel_context(request, proposal, form)}
        return render(request, "admin/forum/triage_proposal.html", context)

"""Admin of triage rules and lists. Rules are checked against their examples on saving; a dry run tries them on decided texts."""

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.params import INTEGER_DIGITS, int_or_none
from core.requests import authenticated_user
from forum.models import ReviewItem, TriageList, TriageModel, TriageProposal, TriageRule
from forum.permissions import can_edit_triage, can_moderate
from forum.triage import proposals, rule_store
from forum.triage.forms import ANSWER, CONTEXT, EXAMPLES, MATCHING, ListForm, RuleForm, TextModelForm
from forum.triage.proposal_admin import panel_context
from forum.triage.text_model import shipped_model


class VersionedAdmin(admin.ModelAdmin):
    """Base for models with a version history. Rows cannot be deleted; deactivate a rule instead."""

    change_form_template = "admin/forum/triage_change.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_edit_triage(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_edit_triage(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return can_edit_triage(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_edit_triage(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        kind, field = rule_store.SUBJECTS[self.model]
        waiting = TriageProposal.objects.waiting().filter(subject=Concat(Value(f"{kind} "), OuterRef(field)))
        return super().get_queryset(request).annotate(has_proposal=Exists(waiting))

    @admin.display(description="Waiting")
    def waiting(self, obj: Any) -> str:
        return "A change needs a second person" if obj.has_proposal else ""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the row, or propose the change if it weakens triage."""
        by = authenticated_user(request)
        obj.is_proposed = bool(form.weakening)
        if obj.is_proposed:
            proposals.propose(obj, by=by, reason=form.cleaned_data["reason"])
        else:
            proposals.save_at_once(obj, by=by)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        if form.weakening:
            return "Proposed a change that needs a second person."
        return super().construct_change_message(request, form, formsets, add)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if not obj.is_proposed:
            return super().response_change(request, obj)
        messages.success(request, "Sent. Nothing changes until a second person accepts it.")
        return redirect(request.path)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row, locked on a POST. With `?version=2`, the form shows that version; saving it restores it."""
        row = super().get_object(request, object_id, from_field)
        if row and request.method == "POST":
            row = self.model._default_manager.select_for_update(no_key=True).get(pk=row.pk)
        number = int_or_none(request.GET.get("version"), digits=INTEGER_DIGITS)
        if row and number is not None and request.method == "GET" and rule_store.set_to_version(row, number):
            row.shown_version = number
        return row

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row, form = context["original"], context["adminform"].form
        context["versions"] = rule_store.history(row) if row else []
        context |= panel_context(request, proposals.waiting_proposal(row)) if row else {}
        if form.weakening:
            context["errors"] = []  # not a mistake; the page itself says what to do
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(TriageList)
class TriageListAdmin(VersionedAdmin):
    form = ListForm
    fields = ["name", "words"]
    list_display = ["name", "version", "waiting"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name"] if obj else []


@admin.register(TriageModel)
class TriageModelAdmin(VersionedAdmin):
    """The switch of the text model. `load_triage` makes its row."""

    form = TextModelForm
    fields = ["active", "threshold", "weights"]
    readonly_fields = ["weights"]
    list_display = ["__str__", "active", "threshold", "version", "waiting"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="Weights")
    def weights(self, obj: TriageModel) -> str:
        model = shipped_model()
        return f"Version {model.version}, trained on {model.documents} texts, threshold {model.threshold:g}"


@admin.register(TriageRule)
class TriageRuleAdmin(VersionedAdmin):
    form = RuleForm
    list_display = ["title", "key", "lane", "active", "version", "waiting"]
    list_filter = ["lane", "active"]
    search_fields = ["key", "title", "phrases"]
    actions = None
    fieldsets = [
        ("What it matches", {"fields": tuple(MATCHING)}),
        ("When a match doesn’t count", {"fields": tuple(CONTEXT)}),
        ("Advice for the author, message for the moderator", {"fields": tuple(ANSWER)}),
        ("Examples, checked on every save", {"fields": tuple(EXAMPLES)}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["key"] if obj else []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Try what is in the form, without saving it. A form with errors is shown with them, like on saving."""
        if "_try" in request.POST:
            if not can_moderate(request.user):  # the page shows texts that only moderators may read
                raise PermissionDenied
            row = self.get_queryset(request).filter(pk=int_or_none(object_id)).first()
            form: Any = self.get_form(request, row, change=row is not None)(request.POST, instance=row)
            if form.can_be_tried():
                return self._dry_run(request, form.instance)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _dry_run(self, request: HttpRequest, rule: TriageRule) -> HttpResponse:
        read, trials = rule_store.dry_run(rule)
        lanes = Counter(trial.lane.label for trial in trials)
        items = ReviewItem.objects.for_moderator(authenticated_user(request))
        readable = items.filter(revision__in=[trial.revision.pk for trial in trials])
        context = {"rule": rule, "read": read, "trials": trials, "lanes": lanes.items(), "title": f"Dry run: {rule}"}
        context["readable"] = set(readable.values_list("revision", flat=True))
        return render(request, "admin/forum/dry_run.html", {**self.admin_site.each_context(request), **context})

"""Admin of triage rules and lists. Rules are checked against their examples on saving; a dry run tries them on decided texts."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.params import INTEGER_DIGITS, int_or_none
from core.requests import authenticated_user
from forum.models import TriageList, TriageModel, TriageRule
from forum.permissions import can_edit_triage, can_moderate
from forum.triage import rule_store
from forum.triage.detection import lines
from forum.triage.text_model import shipped_model

MATCHING = ["key", "title", "lane", "acuteness", "active", "phrases", "exceptions"]
CONTEXT = ["negation_window", "past_window", "minds_quotes", "softened_lane"]
ANSWER = ["help_needs", "advice", "note"]
EXAMPLES = ["should_match", "should_not_match"]


class RuleForm(forms.ModelForm):
    class Meta:
        model = TriageRule
        fields = [*MATCHING, *CONTEXT, *ANSWER, *EXAMPLES]

    def clean_phrases(self) -> str:
        return self._readable("phrases")

    def clean_exceptions(self) -> str:
        return self._readable("exceptions")

    def _readable(self, name: str) -> str:
        """Name each line that cannot be read, beside the field that it is in."""
        text = self.cleaned_data[name]
        if problems := rule_store.line_problems(text, exceptions=name == "exceptions"):
            raise ValidationError(problems)
        return text

    def clean(self) -> dict[str, Any]:
        """Refuse rules that expand to too many phrases or fail their own examples."""
        found = super().clean() or {}
        if not self.errors:
            rule = TriageRule(**found)
            for problem in rule_store.problems(rule, rule_store.named_lists()):
                self.add_error("phrases", problem)
        return found


class ListForm(forms.ModelForm):
    class Meta:
        model = TriageList
        fields = ["name", "words"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        name = found.get("name") or self.instance.name
        if not self.errors and (problems := rule_store.list_problems(name, lines(found.get("words", "")))):
            self.add_error("words", problems[:5])
        return found


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

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        rule_store.save(obj, by=authenticated_user(request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row. With `?version=2`, the form shows that version; saving it restores it."""
        row = super().get_object(request, object_id, from_field)
        number = int_or_none(request.GET.get("version"), digits=INTEGER_DIGITS)
        if row and number is not None and request.method == "GET" and rule_store.set_to_version(row, number):
            row.shown_version = number
        return row

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        context["versions"] = rule_store.history(row) if row else []
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(TriageList)
class TriageListAdmin(VersionedAdmin):
    form = ListForm
    list_display = ["name", "version"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name"] if obj else []


@admin.register(TriageModel)
class TriageModelAdmin(VersionedAdmin):
    """The switch of the text model. `load_triage` makes its row."""

    fields = ["active", "threshold", "weights"]
    readonly_fields = ["weights"]
    list_display = ["__str__", "active", "threshold", "version"]
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
    list_display = ["title", "key", "lane", "active", "version"]
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
            form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)
            if form.is_valid():
                return self._dry_run(request, form.instance)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _dry_run(self, request: HttpRequest, rule: TriageRule) -> HttpResponse:
        read, trials = rule_store.dry_run(rule)
        lanes = Counter(trial.lane.label for trial in trials)
        context = {"rule": rule, "read": read, "trials": trials, "lanes": lanes.items(), "title": f"Dry run: {rule}"}
        return render(request, "admin/forum/dry_run.html", {**self.admin_site.each_context(request), **context})

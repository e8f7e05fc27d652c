"""Admin of triage rules and lists. Rules are checked against their examples on saving; a dry run tries them on recent texts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path

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

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = {**(extra_context or {}), "versions": rule_store.history(row) if row else []}
        return super().change_view(request, object_id, form_url, context)


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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.dry_run, cacheable=False)
        return [path("<int:pk>/dry-run/", view, name="forum_triagerule_dry_run"), *super().get_urls()]

    def dry_run(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what the saved rule would match among recent texts. Only moderators may see these."""
        rule = get_object_or_404(TriageRule, pk=pk)
        if not can_moderate(request.user):
            raise PermissionDenied
        found = rule_store.dry_run(rule)
        context = {"rule": rule, "found": found, "read": rule_store.DRY_RUN_SIZE, "title": f"Dry run: {rule.title}"}
        return render(request, "admin/forum/dry_run.html", {**self.admin_site.each_context(request), **context})

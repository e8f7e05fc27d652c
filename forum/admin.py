"""Admin of categories and shifts. Reports, decisions, appeals and trust are read-only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.read_only import ReadOnlyAdmin
from accounts.models import User
from accounts.roles import MODERATORS
from core import page_cache
from forum.models import Appeal, Category, Decision, Duty, Post, Report, Trust
from forum.moderation import reason_template_admin  # registers the reason templates
from forum.standing_threads import admin as standing_threads_admin  # registers the schedules
from forum.triage import admin as triage_admin  # registers the triage rules
from forum.triage import proposal_admin  # registers the proposals to weaken them


class CategoryForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("clinical") and found.get("policy") == Category.Policy.REVIEW_AFTER:
            self.add_error("policy", "Posts in a clinical category must be reviewed first.")
        if found.get("for_visitors") and (found.get("members_only") or not found.get("clinical")):
            self.add_error("for_visitors", "Visitors can ask only in a clinical category that everyone can read.")
        if found.get("for_visitors") and found.get("closed"):
            self.add_error("closed", "Visitors ask here. To take no questions for now, set their number to 0.")
        if (
            self.initial.get("policy") == Category.Policy.REVIEW_AFTER
            and found.get("policy") == Category.Policy.REVIEW_FIRST
        ):
            self._forbid_unread()
        if self.initial.get("members_only") and not found.get("members_only") and self.instance.threads.exists():
            self.add_error(
                "members_only", "Members posted here for members only. Create a new public category instead."
            )
        return found

    def _forbid_unread(self) -> None:
        """Add an error while posts are public that no clinician has read."""
        unread = Post.objects.filter(thread__category=self.instance).with_unread_text().count()
        if unread:
            self.add_error("policy", f"Public posts that no clinician has read yet: {unread}. Read them first.")


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    """Categories cannot be deleted, since they contain members' posts. The slug cannot change, since others link to it."""

    form = CategoryForm
    fields = [
        *("title", "slug", "purpose", "policy", "clinical", "members_only", "closed"),
        *("for_visitors", "visitor_questions_per_day", "position", "pages"),
    ]
    filter_horizontal = ["pages"]
    list_display = ["title", "policy", "clinical", "members_only", "closed", "position", "thread_count", "post_count"]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        page_cache.clear_on_commit()  # a category may have become members-only

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["title"]}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Duty)
class DutyAdmin(admin.ModelAdmin):
    list_display = ["moderator", "starts_at", "ends_at"]
    list_select_related = ["moderator"]
    date_hierarchy = "starts_at"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only appointed moderators."""
        kwargs["queryset"] = User.objects.present().filter(groups__name=MODERATORS)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "reason", "state", "made_at", "closed_at"]
    list_filter = ["state", "reason"]
    ordering = ["-pk"]


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["action", "revision", "by", "reason", "decided_at"]
    list_filter = ["action", "reason"]
    list_select_related = ["revision", "by"]
    ordering = ["-pk"]


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "made_at", "answered_by", "answered_at"]
    list_filter = ["state"]
    list_select_related = ["answered_by"]
    ordering = ["-pk"]


@admin.register(Trust)
class TrustAdmin(ReadOnlyAdmin):
    list_display = ["user", "by", "given_at", "ended_at", "ended_by"]
    list_select_related = ["user", "by", "ended_by"]
    ordering = ["-pk"]

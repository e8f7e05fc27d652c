"""The kept reasons, for who may: in order, in plain kind words, switched off rather than deleted once somebody was told one."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from forum.models import Decision, ReasonTemplate, Report
from forum.moderation import reason_templates


@admin.register(ReasonTemplate)
class KeptReasonAdmin(admin.ModelAdmin):
    """A decision keeps the words that its author got; the list changes only what is said from now on."""

    fields = ["code", "title", "words", "for_reports", "active", "position", "as_told"]
    list_display = ["title", "code", "position", "active", "for_reports"]
    list_editable = ["position", "active"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code", "as_told"] if obj else ["as_told"]

    @admin.display(description="What the author gets")
    def as_told(self, reason: ReasonTemplate) -> SafeString | str:
        """The inbox and the mail say one sentence without the reason; the reason and the words stand on the post's page."""
        if not reason.pk:
            return "Save it first."
        words = "Inbox and mail: “A moderator decided not to publish your post.” On its page: {} {}"
        return format_html(words, reason.title, reason.words or "(the moderator’s own words)")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        used = obj is None or any(model.objects.filter(reason=obj.code).exists() for model in (Decision, Report))
        return not used and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        reason_templates.forget()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        reason_templates.forget()

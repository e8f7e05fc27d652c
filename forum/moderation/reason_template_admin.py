"""Admin of reason templates. One that has been used can be deactivated, not deleted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from forum.models import Decision, ReasonTemplate, Report
from forum.moderation import reason_templates


@admin.register(ReasonTemplate)
class ReasonTemplateAdmin(admin.ModelAdmin):
    """Changes affect future decisions only: each decision stores the message that its author got."""

    fields = ["code", "title", "words", "refusal_words", "for_reports", "active", "position", "author_preview"]
    list_display = ["title", "code", "position", "active", "for_reports"]
    list_editable = ["position", "active"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code", "author_preview"] if obj else ["author_preview"]

    @admin.display(description="What the author sees")
    def author_preview(self, reason: ReasonTemplate) -> SafeString | str:
        """Preview the messages. Inbox and mail do not name the reason; only the post's page does."""
        if not reason.pk:
            return "Save it first."
        own = "(the moderator’s own message)"
        asked = "Inbox and mail: “A moderator asked you to change something in your post.” On its page: {} {}"
        refused = "Inbox and mail: “A moderator decided not to publish your post.” On its page: {} {}"
        return format_html(
            f"<p>{asked}</p><p>{refused}</p>",
            *(reason.title, reason.words or own, reason.title, reason.refusal_words or own),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        used = obj is None or any(model.objects.filter(reason=obj.code).exists() for model in (Decision, Report))
        return not used and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        reason_templates.clear_cache()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        reason_templates.clear_cache()

"""Reference rows in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from guide import models
from guide.editor.row_admin import PartInline, ReferenceAdmin
from guide.editor.row_forms import SitePageForm


class ArmInline(PartInline, admin.StackedInline):
    model = models.OutcomeArm


@admin.register(models.OutcomeFigure)
class OutcomeFigureAdmin(ReferenceAdmin):
    inlines = [ArmInline]


@admin.register(models.Question)
class QuestionAdmin(ReferenceAdmin):
    list_display = ["question", "group", "position"]
    list_filter = ["group"]
    list_select_related = ["group"]
    search_fields = ["question", "answer"]


@admin.register(models.GlossaryTerm)
class GlossaryTermAdmin(ReferenceAdmin):
    list_display = ["term", "aliases", "nicknames"]
    search_fields = ["term", "definition"]


@admin.register(models.SafetyMessage)
class SafetyMessageAdmin(ReferenceAdmin):
    list_display = ["title", "level", "position"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Pages need their safety messages: they may be reworded, but never removed."""
        return False


@admin.register(models.HelpLine)
class HelpLineAdmin(ReferenceAdmin):
    list_display = ["name", "country", "need", "phone", "seen_at_owner", "checked"]
    list_filter = ["country", "need", "seen_at_owner"]


@admin.register(models.SideEffect)
class SideEffectAdmin(ReferenceAdmin):
    list_display = ["name", "form", "percent", "placebo", "check_date"]
    list_filter = ["form"]


@admin.register(models.SitePage)
class SitePageAdmin(ReferenceAdmin):
    """Pages about the site. They come from the content files: none is added, and none removed."""

    form = SitePageForm
    list_display = ["title", "slug"]
    list_display_links = ["title"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        is_rules = obj and obj.slug == models.SitePage.Slug.HOUSE_RULES
        return fields if is_rules else [name for name in fields if name != "accept_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.register(
    [
        models.Section,
        models.Milestone,
        models.QuestionGroup,
        models.SupportGroup,
        models.VideoTopic,
        models.Video,
        models.Story,
        models.MatrixRow,
    ],
    ReferenceAdmin,
)

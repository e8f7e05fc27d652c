"""Lists of sanctions and of appeals against them. Both are decided on the member's page."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.read_only import ReadOnlyAdmin
from accounts.models import Sanction, SanctionAppeal, User


def member_link(member: User) -> str:
    return format_html('<a href="{}">{}</a>', reverse("admin:accounts_user_change", args=[member.pk]), member)


class InForceFilter(admin.SimpleListFilter):
    """Show what is in force, unless all is asked for."""

    title = "state"
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All, also warnings and what has ended")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        default, everything = super().choices(changelist)
        yield {**default, "display": "In force"}
        yield everything

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sanction]) -> QuerySet[Sanction]:
        return queryset if self.value() == "all" else Sanction.objects.restricting()


@admin.register(Sanction)
class SanctionAdmin(ReadOnlyAdmin):
    """Sanctions, those in force unless all are asked for; each links to its member's page."""

    list_display = ["member", "kind", "starts_at", "ends_at", "by"]
    list_display_links = None
    list_filter = [InForceFilter, "kind"]
    list_select_related = ["user", "by"]
    ordering = ["-starts_at", "-pk"]

    @admin.display(description="member")
    def member(self, sanction: Sanction) -> str:
        return member_link(sanction.user)


@admin.register(SanctionAppeal)
class SanctionAppealAdmin(ReadOnlyAdmin):
    """Appeals against sanctions, unanswered ones first; each links to its member's page."""

    list_display = ["member", "state", "made_at", "decided_at"]
    list_display_links = None
    list_filter = ["state"]
    list_select_related = ["sanction__user"]
    ordering = ["-state", "made_at"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return SanctionAppeal.objects.answerable()

    @admin.display(description="member")
    def member(self, appeal: SanctionAppeal) -> str:
        return member_link(appeal.sanction.user)

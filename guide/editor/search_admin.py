"""The admin of the search: synonyms and best answers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from guide.models import BestAnswer, SearchEntry, SearchSynonym
from guide.review.revisions import guide_changed


class SearchAdmin(admin.ModelAdmin):
    """Rows whose text readers never see: saved without review, and used by the next search."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        guide_changed()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        guide_changed()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        super().delete_queryset(request, queryset)
        guide_changed()


@admin.register(SearchSynonym)
class SearchSynonymAdmin(SearchAdmin):
    list_display = ["means", "words"]
    search_fields = ["means", "words"]


class BestAnswerForm(forms.ModelForm):
    def clean_address(self) -> str:
        """Accept only addresses in the search index."""
        address: str = self.cleaned_data["address"]
        if not SearchEntry.objects.filter(url=address).exists():
            raise forms.ValidationError("The guide has no question, section or page at this address.")
        return address


@admin.register(BestAnswer)
class BestAnswerAdmin(SearchAdmin):
    form = BestAnswerForm
    list_display = ["address", "searches", "is_found"]
    search_fields = ["address", "searches"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BestAnswer]:
        entry = SearchEntry.objects.filter(url=OuterRef("address"))
        return super().get_queryset(request).annotate(is_found=Exists(entry))

    @admin.display(description="in the guide", boolean=True)
    def is_found(self, answer: Any) -> bool:
        """Return whether the address still exists: a heading may have been reworded."""
        return bool(answer.is_found)

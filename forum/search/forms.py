"""The forum search form. Every field is optional."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from accounts.models import User
from core.params import int_or_none
from forum.models import Category
from forum.search.query import NEWEST, PER_PAGE, Criteria, clean

PERIODS = [("", "Any time"), ("week", "Last 7 days"), ("month", "Last month"), ("year", "Last year")]
PAGE_DIGITS = 3
MOMENT_DIGITS = 16
ORDERS = [("", "Most relevant first"), ("newest", "Newest first")]


class SearchForm(forms.Form):
    """`categories` are those the user may search; `find_author` returns the member with a name, or None."""

    category = forms.ChoiceField(required=False)
    author = forms.CharField(
        label="Written by", required=False, help_text="The full name. Anonymous posts are never found this way."
    )
    clinician = forms.BooleanField(label="Only posts by clinicians", required=False)
    period = forms.ChoiceField(label="Published", choices=PERIODS, required=False)
    since = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    sort = forms.ChoiceField(label="Order", choices=ORDERS, required=False)

    def __init__(
        self, *args: Any, categories: Iterable[Category], find_author: Callable[[str], User | None], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.categories, self.find_author = {category.slug: category for category in categories}, find_author
        choices = [("", "All categories"), *((category.slug, category.title) for category in self.categories.values())]
        category: Any = self.fields["category"]
        category.choices = choices

    def clean_author(self) -> User | None:
        name = " ".join(self.cleaned_data["author"].split())
        found = self.find_author(name) if name else None
        if name and not found:
            raise forms.ValidationError("No posts by a member with this name. Type it exactly as it appears on a post.")
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("since") and found.get("until") and found["since"] > found["until"]:
            self.add_error("until", "This date is before the “From” date.")
        return found

    @property
    def has_filters(self) -> bool:
        """Return whether any filter is set or invalid; the order is not a filter."""
        return bool(self.errors) or any(self.data.get(name) for name in self.fields if name != "sort")

    def criteria(self) -> Criteria:
        """Return the criteria of a valid form. Invalid values of `page` and `as_of`, which only our links set, mean page 1."""
        chosen = {name: self.cleaned_data[name] for name in ("author", "clinician", "period", "since", "until")}
        return Criteria(
            query=clean(self.data.get("q", "")),
            category=self.categories.get(self.cleaned_data["category"]),
            newest_first=self.cleaned_data["sort"] == "newest",
            page=self._page(),
            as_of=self._moment(),
            **chosen,
        )

    def _page(self) -> int:
        return min(int_or_none(self.data.get("page"), digits=PAGE_DIGITS) or 1, NEWEST // PER_PAGE)

    def _moment(self) -> datetime | None:
        """Parse `as_of`: microseconds since 1970, sixteen digits."""
        passed = int_or_none(self.data.get("as_of"), digits=MOMENT_DIGITS)
        if passed is None or len(str(passed)) < MOMENT_DIGITS:
            return None
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=passed)

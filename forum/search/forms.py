"""What somebody may ask of the forum's search. Every part may stay empty."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from accounts.models import User
from core.params import int_or_none
from forum.models import Category
from forum.search.query import NEWEST, PER_PAGE, Wanted, clean

PERIODS = [("", "Any time"), ("week", "Last 7 days"), ("month", "Last month"), ("year", "Last year")]
PAGE_DIGITS = 3
MOMENT_DIGITS = 16
ORDERS = [("", "Best first"), ("newest", "Newest first")]


class SearchForm(forms.Form):
    """`rooms` are those that may be searched; `known` finds the member of a name, or None."""

    category = forms.ChoiceField(required=False)
    author = forms.CharField(
        label="Written by", required=False, help_text="The whole name. Anonymous posts are never found by it."
    )
    clinician = forms.BooleanField(label="Only clinicians’ posts", required=False)
    period = forms.ChoiceField(label="Published", choices=PERIODS, required=False)
    since = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    sort = forms.ChoiceField(label="Order", choices=ORDERS, required=False)

    def __init__(
        self, *args: Any, rooms: Iterable[Category], known: Callable[[str], User | None], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rooms, self.known = {room.slug: room for room in rooms}, known
        choices = [("", "All categories"), *((room.slug, room.title) for room in self.rooms.values())]
        category: Any = self.fields["category"]
        category.choices = choices

    def clean_author(self) -> User | None:
        name = " ".join(self.cleaned_data["author"].split())
        found = self.known(name) if name else None
        if name and not found:
            raise forms.ValidationError("Nobody here writes under this name. Type it just as it stands beside a post.")
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("since") and found.get("until") and found["since"] > found["until"]:
            self.add_error("until", "This day lies before the first one.")
        return found

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order was chosen, or is wrong: then the choices stand open."""
        return bool(self.errors) or any(self.data.get(name) for name in self.fields if name != "sort")

    def wanted(self) -> Wanted:
        """The form is valid. The page and its moment come from links of our own; what is no such thing is the first page."""
        chosen = {name: self.cleaned_data[name] for name in ("author", "clinician", "period", "since", "until")}
        return Wanted(
            query=clean(self.data.get("q", "")),
            category=self.rooms.get(self.cleaned_data["category"]),
            newest_first=self.cleaned_data["sort"] == "newest",
            page=self._page(),
            as_of=self._moment(),
            **chosen,
        )

    def _page(self) -> int:
        return min(int_or_none(self.data.get("page"), digits=PAGE_DIGITS) or 1, NEWEST // PER_PAGE)

    def _moment(self) -> datetime | None:
        """Microseconds since 1970, sixteen digits of them in our time."""
        passed = int_or_none(self.data.get("as_of"), digits=MOMENT_DIGITS)
        if passed is None or len(str(passed)) < MOMENT_DIGITS:
            return None
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=passed)

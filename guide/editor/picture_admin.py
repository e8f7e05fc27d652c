"""Admin of the picture library. Uploading a picture makes a proposal, as saving any other row does."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict

from guide.editor.row_admin import ReferenceAdmin
from guide.editor.row_forms import ProposalForm
from guide.models import Picture
from guide.pages.blocks import DRAWINGS
from guide.pictures.files import is_stored
from guide.pictures.uploads import MAX_BYTES, InvalidPicture, store_upload

SIDES = ("top", "right", "bottom", "left")
MAX_CUT = 80  # percent
CUT_TOO_MUCH = "That would leave too little of the picture."


def _cut_field(side: str) -> forms.IntegerField:
    limits = [MinValueValidator(0), MaxValueValidator(MAX_CUT)]
    return forms.IntegerField(label=f"Crop from the {side} (percent)", required=False, validators=limits)


class PictureForm(ProposalForm):
    """A picture. The uploaded file is stored at once, so that an error in another field doesn't lose it."""

    upload = forms.FileField(
        label="Choose a picture",
        required=False,
        help_text="JPEG, PNG or WebP, up to 10 MB, ideally 1280 pixels wide. You’ll see it after you save. "
        "Readers get copies without the information that cameras add.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-largest": MAX_BYTES}),
    )
    cut_top, cut_right, cut_bottom, cut_left = map(_cut_field, SIDES)
    file = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in DRAWINGS:
            raise forms.ValidationError("One of the guide’s drawings already has this key. Choose another one.")
        return key

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("upload"):
            self._store_upload(found)
        elif "upload" not in self.errors and not is_stored(found.get("file") or ""):
            self.add_error("upload", "Choose a picture.")
        return found

    def _store_upload(self, found: dict[str, Any]) -> None:
        top, right, bottom, left = cut = [found.get(f"cut_{side}") or 0 for side in SIDES]
        if max(top + bottom, left + right) > MAX_CUT:
            self.add_error("upload", CUT_TOO_MUCH)
            return
        try:
            found["file"] = str(store_upload(found["upload"].read(MAX_BYTES + 1), cut))
        except InvalidPicture as error:
            self.add_error("upload", str(error))
            return
        typed = cast(QueryDict, self.data).copy()
        typed[self.add_prefix("file")] = found["file"]
        self.data = typed  # the form keeps the file if it's shown again with an error


@admin.register(Picture)
class PictureAdmin(ReferenceAdmin):
    form = PictureForm
    fields = ["key", "title", "upload", *(f"cut_{side}" for side in SIDES), "alt", "caption", "credit", "license"]
    fields += ["source_url", "why", "file", "based_on"]
    list_display = ["title", "key", "license", "credit"]
    list_filter = ["license"]
    search_fields = ["key", "title", "alt", "caption", "credit"]

"""Pictures of the guide: the reviewed library. Their files are in guide/pictures/files.py."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.urls import reverse

from guide.models import triggers
from guide.models.reference import CITED

WIDTHS = (320, 640, 1280)  # of the files that browsers choose from, in pixels
FILE = re.compile(r"([0-9a-f]{32})-([1-9]\d{2,3})x([1-9]\d{0,3})\.(jpg|png)")
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
LICENSE_PAGES = {
    "cc0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc-by": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa": "https://creativecommons.org/licenses/by-sa/4.0/",
}


class PictureFile(NamedTuple):
    """The name of a picture's files: a hash of its widest JPEG or PNG, the size of that one in pixels, and its format."""

    digest: str
    width: int
    height: int
    suffix: str

    def __str__(self) -> str:
        return f"{self.digest}-{self.width}x{self.height}.{self.suffix}"

    @property
    def widths(self) -> list[int]:
        return [*(width for width in WIDTHS if width < self.width), self.width]

    def url(self, width: int, suffix: str) -> str:
        return reverse("guide:picture-file", args=[self.digest, width, suffix])

    def srcset(self, suffix: str) -> str:
        return ", ".join(f"{self.url(width, suffix)} {width}w" for width in self.widths)


def parse_file(name: str) -> PictureFile | None:
    match = FILE.fullmatch(name)
    return PictureFile(match[1], int(match[2]), int(match[3]), match[4]) if match else None


class Picture(models.Model):
    """A picture of the library, shown where a page says [[picture:KEY]]."""

    class License(models.TextChoices):
        OWN = "own", "Made for this guide"
        CC0 = "cc0", "CC0, no rights reserved"
        CC_BY = "cc-by", "CC BY 4.0"
        CC_BY_SA = "cc-by-sa", "CC BY-SA 4.0"
        PUBLIC_DOMAIN = "public-domain", "Public domain"
        PERMISSION = "permission", "Used with permission"

    key = models.SlugField(unique=True, max_length=60, help_text="It appears where a page says [[picture:KEY]].")
    title = models.CharField(max_length=120, help_text="For the list of pictures. Readers don’t see it.")
    alt = models.CharField(
        "alternative text",
        max_length=300,
        help_text="What the picture shows, as you would say it to someone on the phone.",
    )
    caption = models.TextField(blank=True, help_text=CITED)
    credit = models.CharField(
        max_length=160,
        help_text="Who made it, in the form its license asks for, such as: Jane Lind, Wikimedia Commons.",
    )
    license = models.CharField(max_length=20, choices=License)
    source_url = models.URLField(
        "address it comes from",
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text="The page that states its license. Leave it empty only if the picture was made for this guide.",
    )
    file = models.CharField(max_length=60, validators=[RegexValidator(rf"\A{FILE.pattern}\Z")])

    class Meta:
        ordering = ["key"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]
        constraints = [
            models.CheckConstraint(condition=~models.Q(alt=""), name="picture_has_alternative_text"),
            models.CheckConstraint(
                condition=models.Q(license="own") | ~models.Q(source_url=""), name="picture_says_where_it_is_from"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.license and self.license != self.License.OWN and not self.source_url:
            raise ValidationError({"source_url": "Give the address of the page that states its license."})

    @property
    def stored(self) -> PictureFile | None:
        return parse_file(self.file)

    @property
    def license_url(self) -> str:
        return LICENSE_PAGES.get(self.license, "")

    @property
    def src(self) -> str:
        return self.stored.url(self.stored.width, self.stored.suffix) if self.stored else ""

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Return type and srcset of each format, the smallest first. Every browser can show the last."""
        file = self.stored
        return [(TYPES[suffix], file.srcset(suffix)) for suffix in ("avif", "webp", file.suffix)] if file else []

"""Serve the files of pictures: to everyone once the picture is published, before that to editors and reviewers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from guide.models import Picture
from guide.models.pictures import TYPES
from guide.permissions import can_see_proposals
from guide.pictures.files import path_of

# The address is a hash of the content. A day, so that what is removed for someone's sake is soon gone from caches, too.
UNCHANGING = "public, max-age=86400, immutable"


@require_safe
def picture_file(request: HttpRequest, digest: str, width: int, suffix: str) -> HttpResponse:
    path = path_of(digest, width, suffix)
    is_published = path is not None and Picture.objects.filter(file__startswith=f"{digest}-").exists()
    if path is None or not (is_published or can_see_proposals(request.user)):
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type=TYPES[suffix])
    response["Cache-Control"] = UNCHANGING if is_published else "private, no-store"
    return response

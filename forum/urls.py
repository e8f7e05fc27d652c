"""The forum's URLs: one module per package, all in the namespace `forum`."""

from django.urls import include, path

app_name = "forum"

urlpatterns = [
    path("", include("forum.threads.urls")),
    path("", include("forum.posting.urls")),
    path("ask/", include("forum.visitor_questions.urls")),
    path("", include("forum.members.urls")),
    path("", include("forum.triage.urls")),
    path("", include("forum.appeals.urls")),
    path("", include("forum.experiences.urls")),
    path("", include("forum.moderation.urls")),
    path("", include("forum.team.urls")),
    path("", include("forum.oversight.urls")),
]

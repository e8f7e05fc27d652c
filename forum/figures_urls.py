"""What is counted and shown: the public page, and the moderators' log and figures. Included by forum.urls."""

from django.urls import path

from forum import transparency

urlpatterns = [
    path("transparency/", transparency.transparency, name="transparency"),
    path("transparency/<int:year>/<int:month>/", transparency.transparency, name="transparency-month"),
]

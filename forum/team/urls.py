"""The moderators' duty board."""

from django.urls import path

from forum.team import views

urlpatterns = [
    path("moderation/duty/", views.show, name="duty"),
    path("moderation/duty/now/", views.now_fragment, name="duty-fragment"),
    path("moderation/duty/on/", views.come_on, name="duty-on"),
    path("moderation/duty/off/", views.go_off, name="duty-off"),
    path("moderation/duty/pause/", views.pause, name="duty-pause"),
    path("moderation/duty/here/", views.here, name="duty-here"),
    path("moderation/duty/shifts/", views.add_shift, name="add-shift"),
    path("moderation/duty/shifts/<int:pk>/", views.shift, name="shift"),
    path("moderation/duty/shifts/<int:pk>/withdraw/", views.withdraw_shift, name="withdraw-shift"),
    path("moderation/duty/notes/<int:pk>/read/", views.note_read, name="note-read"),
    path("moderation/duty/talk/", views.talk, name="debrief"),
    path("moderation/duty/talk/<int:pk>/close/", views.close_talk, name="close-debrief"),
    path("moderation/duty/close-forum/", views.close_forum, name="close-forum"),
    path("moderation/duty/open-forum/", views.open_forum, name="open-forum"),
]

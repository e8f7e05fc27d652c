"""URLs of the duty board."""

from django.urls import path

from forum.team import views

urlpatterns = [
    path("moderation/duty/", views.duty_board, name="duty"),
    path("moderation/duty/now/", views.board_fragment, name="duty-fragment"),
    path("moderation/duty/on/", views.start_duty, name="duty-on"),
    path("moderation/duty/off/", views.end_duty, name="duty-off"),
    path("moderation/duty/pause/", views.pause_duty, name="duty-pause"),
    path("moderation/duty/no-break/", views.dismiss_break, name="dismiss-break"),
    path("moderation/duty/here/", views.presence, name="duty-here"),
    path("moderation/duty/shifts/", views.add_shift, name="add-shift"),
    path("moderation/duty/shifts/<int:pk>/", views.change_shift, name="shift"),
    path("moderation/duty/shifts/<int:pk>/withdraw/", views.withdraw_shift, name="withdraw-shift"),
    path("moderation/duty/notes/<int:pk>/read/", views.mark_note_read, name="note-read"),
    path("moderation/duty/talk/", views.debrief, name="debrief"),
    path("moderation/duty/talk/<int:pk>/close/", views.close_debrief, name="close-debrief"),
    path("moderation/duty/close-forum/", views.close_forum, name="close-forum"),
    path("moderation/duty/open-forum/", views.open_forum, name="open-forum"),
]

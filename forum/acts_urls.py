"""Moderators' acts on what is public. Included by forum.urls."""

from django.urls import path

from forum.moderation import public_views

urlpatterns = [
    path("review/post/<int:pk>/", public_views.post, name="moderate-post"),
    path("review/post/<int:pk>/do/<slug:name>/", public_views.post_act, name="post-act"),
    path("review/thread/<int:pk>/", public_views.thread, name="moderate-thread"),
    path("review/thread/<int:pk>/do/<slug:name>/", public_views.thread_act, name="thread-act"),
]

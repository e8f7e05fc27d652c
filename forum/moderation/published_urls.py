"""Moderators' acts on what is public. Included by forum.threads.urls."""

from django.urls import path

from forum.moderation import published_views

urlpatterns = [
    path("review/post/<int:pk>/", published_views.post, name="moderate-post"),
    path("review/post/<int:pk>/do/<slug:name>/", published_views.post_act, name="post-act"),
    path("review/thread/<int:pk>/", published_views.thread, name="moderate-thread"),
    path("review/thread/<int:pk>/do/<slug:name>/", published_views.thread_act, name="thread-act"),
]

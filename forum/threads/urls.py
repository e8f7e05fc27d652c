"""URLs for reading: the index, categories, threads, feeds, the member's own posts."""

from django.urls import path

from forum.threads import views
from forum.threads.feeds import CategoryFeed, ThreadFeed

urlpatterns = [
    path("", views.index, name="index"),
    path("threads/", views.threads, name="threads"),
    path("in/<slug:slug>/", views.category, name="category"),
    path("thread/<int:pk>/<slug:slug>/", views.thread, name="thread"),
    path("post/<int:pk>/", views.post, name="post"),
    path("in/<slug:slug>/new.atom", CategoryFeed(), name="category-feed"),
    path("feeds/<int:pk>.atom", ThreadFeed(), name="thread-feed"),
    path("mine/", views.my_posts, name="my-posts"),
    path("mine/<int:pk>/", views.my_post, name="my-post"),
]

"""URLs for read marks, subscriptions, bookmarks and reactions."""

from django.urls import path

from forum.members import views

urlpatterns = [
    path("bookmarks/", views.bookmarks, name="bookmarks"),
    path("read/<int:pk>/", views.mark_read, name="mark-read"),
    path("read/<int:pk>/part/", views.mark_read_fragment, name="mark-read-fragment"),
    path("follow/<int:pk>/", views.follow_thread, name="follow-thread"),
    path("in/<slug:slug>/follow/", views.follow_category, name="follow-category"),
    path("post/<int:pk>/bookmark/", views.bookmark, name="bookmark"),
    path("post/<int:pk>/bookmark/part/", views.bookmark_fragment, name="bookmark-fragment"),
    path("post/<int:pk>/block-author/", views.block_author, name="block-author"),
    path("post/<int:pk>/sign/", views.react, name="react"),
    path("post/<int:pk>/sign/part/", views.react_fragment, name="react-fragment"),
]

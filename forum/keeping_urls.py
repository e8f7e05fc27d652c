"""Read marks, follows, bookmarks and signs of support. Included by forum.urls."""

from django.urls import path

from forum import keeping

urlpatterns = [
    path("bookmarks/", keeping.bookmarks, name="bookmarks"),
    path("read/<int:pk>/", keeping.mark_read, name="mark-read"),
    path("read/<int:pk>/part/", keeping.mark_read_fragment, name="mark-read-fragment"),
    path("follow/<int:pk>/", keeping.follow_thread, name="follow-thread"),
    path("in/<slug:slug>/follow/", keeping.follow_category, name="follow-category"),
    path("post/<int:pk>/bookmark/", keeping.bookmark, name="bookmark"),
    path("post/<int:pk>/bookmark/part/", keeping.bookmark_fragment, name="bookmark-fragment"),
    path("post/<int:pk>/sign/", keeping.react, name="react"),
    path("post/<int:pk>/sign/part/", keeping.react_fragment, name="react-fragment"),
]

"""URLs for writing: threads, replies, edits, drafts, mention suggestions."""

from django.urls import path

from forum.posting import mention_autocomplete, similar_threads, views

urlpatterns = [
    path("in/<slug:slug>/new/", views.new_thread, name="new-thread"),
    path("thread/<int:pk>/<slug:slug>/reply/", views.reply, name="reply"),
    path("post/<int:pk>/edit/", views.edit, name="edit-post"),
    path("post/<int:pk>/withdraw/", views.withdraw, name="withdraw-post"),
    path("post/<int:pk>/delete/", views.delete, name="delete-post"),
    path("drafts/<int:pk>/discard/", views.discard, name="discard-draft"),
    path("similar/", similar_threads.suggest, name="similar-fragment"),
    path("people/<int:pk>/", mention_autocomplete.people, name="mention-fragment"),
]

from django.urls import include, path

from forum.posting import mention_autocomplete, views as writing
from forum.threads import views
from forum.threads.feeds import CategoryFeed, ThreadFeed
from forum.triage import advice_view as writing_advice

app_name = "forum"

urlpatterns = [
    path("", views.index, name="index"),
    path("in/<slug:slug>/", views.category, name="category"),
    path("in/<slug:slug>/new/", writing.new_thread, name="new-thread"),
    path("thread/<int:pk>/<slug:slug>/", views.thread, name="thread"),
    path("thread/<int:pk>/<slug:slug>/reply/", writing.reply, name="reply"),
    path("post/<int:pk>/", views.post, name="post"),
    path("post/<int:pk>/edit/", writing.edit, name="edit-post"),
    path("post/<int:pk>/withdraw/", writing.withdraw, name="withdraw-post"),
    path("post/<int:pk>/delete/", writing.delete, name="delete-post"),
    path("advice/", writing_advice.advice, name="advice-fragment"),
    path("drafts/<int:pk>/discard/", writing.discard, name="discard-draft"),
    path("similar/", views.similar, name="similar-fragment"),
    path("in/<slug:slug>/new.atom", CategoryFeed(), name="category-feed"),
    path("feeds/<int:pk>.atom", ThreadFeed(), name="thread-feed"),
    path("mine/", views.my_posts, name="my-posts"),
    path("mine/<int:pk>/", views.my_post, name="my-post"),
    path("", include("forum.appeals.urls")),
    path("", include("forum.members.urls")),
    path("", include("forum.moderation.urls")),
    path("", include("forum.moderation.published_urls")),
    path("", include("forum.team.urls")),
    path("", include("forum.oversight.urls")),
    path("people/<int:pk>/", mention_autocomplete.people, name="mention-fragment"),
]

"""The moderators' queue and its items. Included by forum.threads.urls."""

from django.urls import path

from forum.moderation import item_views, queue_views

urlpatterns = [
    path("review/", queue_views.queue, name="queue"),
    path("review/counts/", queue_views.counts_fragment, name="counts-fragment"),
    path("review/next/", queue_views.next_item, name="next-item"),
    path("review/together/", queue_views.approve_together, name="approve-together"),
    path("review/undo/<int:pk>/", queue_views.undo, name="undo"),
    path("review/<int:pk>/", queue_views.item, name="review"),
    path("review/item/<int:pk>/", item_views.item, name="item"),
    path("review/item/<int:pk>/claim/", queue_views.claim, name="claim"),
    path("review/item/<int:pk>/release/", queue_views.release, name="release"),
    path("review/item/<int:pk>/take-over/", queue_views.take_over, name="take-over"),
    path("review/item/<int:pk>/do/<slug:name>/", item_views.act, name="act"),
    path("moderation/handbook/", queue_views.handbook_page, name="handbook"),
    path("help-card/<int:pk>/", item_views.help_card, name="help-card"),
]

"""The moderators' queue and its items. Included by forum.urls."""

from django.urls import path

from forum.moderation import item_views, views

urlpatterns = [
    path("review/", views.queue, name="queue"),
    path("review/counts/", views.counts_fragment, name="counts-fragment"),
    path("review/next/", views.next_item, name="next-item"),
    path("review/together/", views.approve_together, name="approve-together"),
    path("review/undo/<int:pk>/", views.undo, name="undo"),
    path("review/<int:pk>/", views.item, name="review"),
    path("review/item/<int:pk>/", item_views.item, name="item"),
    path("review/item/<int:pk>/claim/", views.claim, name="claim"),
    path("review/item/<int:pk>/release/", views.release, name="release"),
    path("review/item/<int:pk>/take-over/", views.take_over, name="take-over"),
    path("review/item/<int:pk>/do/<slug:name>/", item_views.act, name="act"),
    path("moderation/handbook/", views.handbook_page, name="handbook"),
    path("help-card/<int:pk>/", item_views.help_card, name="help-card"),
]

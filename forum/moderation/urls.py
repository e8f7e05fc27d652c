"""URLs of the review queue, its items, and moderation of published posts."""

from django.urls import path

from forum.moderation import help_card_views, item_views, published_views, queue_views, saved_reply_views

urlpatterns = [
    path("review/", queue_views.queue, name="review-queue"),
    path("review/counts/", queue_views.counts_fragment, name="counts-fragment"),
    path("review/rows/", queue_views.rows_fragment, name="queue-rows-fragment"),
    path("review/next/", queue_views.next_item, name="next-item"),
    path("review/together/", queue_views.bulk_approve, name="bulk-approve"),
    path("review/undo/<int:pk>/", queue_views.undo_action, name="undo"),
    path("review/undo/", queue_views.undo_all, name="undo-all"),
    path("review/item-change/<int:pk>/undo/", item_views.undo_item_change, name="undo-item-change"),
    path("review/<int:pk>/", queue_views.item, name="review"),
    path("review/item/<int:pk>/", item_views.item, name="review-item"),
    path("review/item/<int:pk>/claim/", queue_views.claim, name="claim"),
    path("review/item/<int:pk>/release/", queue_views.release, name="release"),
    path("review/item/<int:pk>/take-over/", queue_views.take_over, name="take-over"),
    path("review/item/<int:pk>/do/<slug:name>/", item_views.item_action, name="item-action"),
    path("review/item/<int:pk>/draft/<slug:name>/", item_views.draft_fragment, name="action-draft-fragment"),
    path("review/replies/", saved_reply_views.saved_replies, name="saved-replies"),
    path("review/replies/<int:pk>/", saved_reply_views.saved_reply, name="saved-reply"),
    path("review/replies/<int:pk>/delete/", saved_reply_views.delete_saved_reply, name="delete-saved-reply"),
    path("review/preview/", item_views.markdown_preview_fragment, name="markdown-preview-fragment"),
    path("moderation/handbook/", queue_views.handbook_page, name="handbook"),
    path("review/<slug:about>/<int:pk>/help-card/", help_card_views.compose, name="compose-card"),
    path("review/help-card/<int:pk>/undo/", help_card_views.undo, name="undo-card"),
    path("help-card/<int:pk>/", help_card_views.help_card, name="help-card"),
    path("help-card/<int:pk>/country/", help_card_views.remember_country, name="remember-country"),
    path("review/post/<int:pk>/", published_views.post, name="moderate-post"),
    path("review/post/<int:pk>/do/<slug:name>/", published_views.post_action, name="post-action"),
    path("review/thread/<int:pk>/", published_views.thread, name="moderate-thread"),
    path("review/thread/<int:pk>/do/<slug:name>/", published_views.thread_action, name="thread-action"),
]

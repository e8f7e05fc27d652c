"""The fields of a page that are drafted, reviewed, published and restored together."""

PAGE_FIELDS = [
    *("title", "summary", "in_short", "body"),
    *("safety_messages", "related", "slug", "section", "position", "language", "review_months"),
]

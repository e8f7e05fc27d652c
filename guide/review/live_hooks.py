"""Tell other apps when readers see another text: settings.GUIDE_CHANGE_HOOKS names them, as the guide imports no other app."""

from django.conf import settings
from django.utils.module_loading import import_string

from guide.models import Article, ArticleRevision


def call_watchers(article: Article, before: ArticleRevision | None, after: ArticleRevision) -> None:
    """Call each watcher in the transaction of the publication. A first text replaces nothing, so no one is called."""
    if before is None or before.pk == after.pk:
        return
    for path in settings.GUIDE_CHANGE_HOOKS:
        import_string(path)(article, before, after)

"""Others may want to know when readers see another text: settings.GUIDE_WATCHERS names them, as the guide knows nobody."""

from django.conf import settings
from django.utils.module_loading import import_string

from guide.models import Article, ArticleRevision


def tell_watchers(article: Article, before: ArticleRevision | None, after: ArticleRevision) -> None:
    """In the transaction in which the text goes live. A first text changes nothing that somebody could rest on."""
    if before is None or before.pk == after.pk:
        return
    for path in settings.GUIDE_WATCHERS:
        import_string(path)(article, before, after)

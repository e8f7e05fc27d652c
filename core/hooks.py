"""Call functions of apps that the caller can't import. Settings hold their dotted paths."""

from collections.abc import Iterable

from django.utils.module_loading import import_string


def call_hooks(paths: Iterable[str], *args: object) -> None:
    """Call each function with these arguments, in the transaction of the caller."""
    for path in paths:
        import_string(path)(*args)

"""Log formatting that leaves out what people wrote."""

import logging
import traceback
from types import TracebackType
from typing import Any

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None] | tuple[Any, Any, Any]


class RedactingFormatter(logging.Formatter):
    """Format tracebacks without the messages of errors: a database error quotes the row."""

    def formatException(self, ei: ExcInfo) -> str:
        error, lines = ei[1], []
        while error is not None:
            lines.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\n".join(reversed(lines))

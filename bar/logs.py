"""One log line per event, without content.

A traceback may carry what somebody typed, so only the place and the kind of an error are written. Nothing here may log values.
"""

import logging
import traceback


class OneLine(logging.Formatter):
    """`LEVEL logger message [Kind at file:line]`, with control characters escaped so that one event is one line."""

    def format(self, record: logging.LogRecord) -> str:
        where = ""
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)
            spot = f"{frames[-1].filename.rsplit('/', 3)[-1]}:{frames[-1].lineno}" if frames else "?"
            where = f" [{type(error).__name__} at {spot}]"
        line = f"{record.levelname} {record.name} {record.getMessage()}{where}"
        return line.encode("unicode_escape").decode("ascii")

"""Write logs as logfmt to stdout, without request paths, bodies and headers, which can hold secrets."""

import json
import logging
import re
import sys
from contextlib import suppress

import structlog

FIRST = ("timestamp", "level", "event")
PLAIN = re.compile(r"[!#-<>-\[\]-~]*")  # ASCII without spaces, quotes, "=" and backslashes


def logfmt(logger: object, method: str, event: structlog.typing.EventDict) -> str:
    """Return a line of ``name=value``. A value that is more than a plain word is quoted as in JSON.

    structlog's own renderer leaves control characters as they are, and takes 5 % of ``GET /`` more.
    """
    fields = {**{name: event.pop(name, "") for name in FIRST}, **event}
    return " ".join([f"{name}={_quoted(value)}" for name, value in fields.items()])


def _quoted(value: object) -> str:
    text = "" if value is None else str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text)


class StdoutLogger:
    """Write a line to stdout. A full disk or a closed pipe loses the line, and fails no request.

    Without the standard library's records and handlers between, ``GET /`` takes a fifth less of the processor, and a
    webhook a sixth (tests/benchmarks/bench_budget.py).
    """

    def msg(self, line: str) -> None:
        with suppress(OSError, ValueError):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    debug = info = warning = error = critical = exception = msg


def quieten_libraries() -> None:
    """Turn off library logs that can hold secrets: DEBUG lines, and uvicorn's access log."""
    for name in ("httpx", "httpcore", "aiohttp", "aiosqlite", "asyncio", "hpack", "stamina", "python_multipart"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True


def configure_logging(level: str) -> None:
    """Send structlog and the standard library's loggers to stdout as logfmt."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, logfmt],
        logger_factory=lambda *_names: StdoutLogger(),  # stamina gives its logger a name
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                logfmt,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    quieten_libraries()
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True

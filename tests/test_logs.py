"""A log line is one line of plain words, whatever its values hold."""

import pytest
import structlog

from tests.conftest import Shop
from webapp.logs import logfmt


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("POST", "POST"),
        (303, "303"),
        (None, ""),
        ("/orders/{reference_id}", "/orders/{reference_id}"),
        ("two words", '"two words"'),
        ("a=b", '"a=b"'),
        ("evil\nlevel=error", r'"evil\nlevel=error"'),
        ("\x1b[2Jcleared", r'"\u001b[2Jcleared"'),
        ("line\u2028separator", r'"line\u2028separator"'),
        ('"quoted\\', r'"\"quoted\\"'),
    ],
)
def test_a_value_can_start_no_line_and_reach_no_terminal(value: object, written: str) -> None:
    line = logfmt(None, "info", {"value": value, "event": "request", "level": "info", "timestamp": "now"})
    assert line == f"timestamp=now level=info event=request value={written}"
    assert line.isprintable() and len(line.splitlines()) == 1


def test_a_library_may_name_its_logger(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("a library").warning("retry_scheduled", attempt=1)
    assert "level=warning event=retry_scheduled attempt=1" in capsys.readouterr().out


@pytest.mark.anyio
async def test_a_form_is_a_few_lines_at_debug_too(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    await shop.post("/sandbox/pay/x", content="&" * 2000, headers=form)
    assert len(caplog.records) < 10

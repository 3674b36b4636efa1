"""The payment form ends with every status in which its order can't be paid any more."""

import re
from pathlib import Path

from webapp.orders.status import OrderStatus

EXTRAS = Path(__file__).parents[2] / "static/js/components-extras.js"


def test_the_form_knows_every_status_that_ends_it() -> None:
    events = re.search(r"const EVENTS = \{(.*?)\n\};", EXTRAS.read_text(encoding="utf-8"), re.DOTALL)
    assert events
    assert set(re.findall(r"(\w+): [A-Z]+", events[1])) == {status for status in OrderStatus if not status.is_open}

"""Each of htmx's rules is written once; and an answer of the shop says which fragment or page it is."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from webapp.database.errors import DatabaseUnavailable

HTMX = {"HX-Request": "true"}
TEMPLATES = Path(__file__).parents[2] / "templates"
FILES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
VOID = {"br", "hr", "img", "input", "link", "meta"}
RULES = {"hx-target": "this", "hx-swap": "innerHTML", "hx-sync": "this:queue first"}  # and what htmx does without them

Attributes = dict[str, str]


class Elements(HTMLParser):
    """The elements of a template, each with its ancestors, outermost first."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, Attributes]] = []
        self.found: list[tuple[Attributes, list[Attributes]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append((tag, self.found[-1][0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.found.append((attributes, [each for _, each in self.open]))

    def handle_endtag(self, tag: str) -> None:
        while self.open.pop()[0] != tag:
            pass


def template(name: str) -> str:
    shelf = '{% include "fragments/shelf.html" %}'  # rendered once for all visitors, by another way
    return (TEMPLATES / name).read_text(encoding="utf-8").replace("{{ shelf_html(currency, flow) }}", shelf)


def elements(name: str) -> list[tuple[Attributes, list[Attributes]]]:
    """Those of a template and of what it includes."""
    return Elements(re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", whole(name), flags=re.DOTALL)).found


def whole(name: str) -> str:
    return re.sub(r'{% include "([^"]+)" %}', lambda match: whole(match[1]), template(name))


INCLUDED = set(re.findall(r'{% include "([^"]+)" %}', "".join(map(template, FILES))))


def asks_by_itself(attributes: Attributes) -> bool:
    return bool(re.search("every|htmx:", attributes.get("hx-trigger", "")))


def test_errors_have_one_rule_and_what_asks_by_itself_swallows_them() -> None:
    ruled = []
    for name in FILES:
        for attributes, _ in elements(name):
            rules = {rule: value for rule, value in attributes.items() if rule.startswith("hx-status")}
            if attributes.get("hx-post", "").startswith(
                "/checkout"
            ):  # what was not seen is shown: the answer is the whole shop
                assert rules.pop("hx-status:409") == "target:#shop swap:outerMorph"
            if any(rule.endswith(":inherited") for rule in rules):
                assert set(rules.values()) == {"target:#notice swap:outerHTML"}
                ruled.append((name, *rules))
            elif asks_by_itself(attributes):
                assert rules == {"hx-status:4xx": "swap:none", "hx-status:5xx": "swap:none"}, name
            else:
                assert not rules, (name, attributes)
    assert ruled == [("base.html", "hx-status:4xx:inherited", "hx-status:5xx:inherited")]


@pytest.mark.parametrize("name", sorted({*FILES} - INCLUDED))
def test_no_element_repeats_what_its_panel_gives(name: str) -> None:
    for attributes, around in elements(name):
        for rule, default in RULES.items():
            given = next(
                (each[f"{rule}:inherited"] for each in reversed(around) if f"{rule}:inherited" in each), default
            )
            for own in (rule, f"{rule}:inherited"):
                # What an answer may remove names the shop's queue itself: once removed, it inherits nothing.
                if attributes.get(own) != "#shop:queue all":
                    assert attributes.get(own) != given, (attributes, own)


@pytest.mark.parametrize("name", FILES)
def test_no_template_says_the_same_rule_twice_or_puts_four_attributes_on_a_line(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    rules = Counter(re.findall(r'\b(hx-(?:target|swap|sync)\S*="[^"]*")', text))
    assert [rule for rule, count in rules.items() if count > 1] == []
    assert max(len(re.findall(r"\bhx-[a-z]+[^\s=]*=", line)) for line in text.splitlines()) <= 3


@pytest.mark.anyio
async def test_an_answer_says_whether_it_is_a_fragment_or_a_page(shop: Shop) -> None:
    for path in ("/orders", "/nowhere", "/source/components", "/walkthrough"):
        assert (await shop.get(path)).headers["x-template"].startswith("pages/")
    added = await shop.post("/cart/add", data={"product": "gayo"}, headers=HTMX)
    source = await shop.get("/source/components", headers=HTMX)
    assert all(answer.headers["x-template"].startswith("fragments/") for answer in (added, source))


@pytest.mark.anyio
async def test_every_refusal_is_a_notice_and_says_so(open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(error: Exception) -> object:
        async def get(reference_id: str) -> None:
            raise error

        return get

    async with open_shop(rate_limits=True) as shop:
        transport = httpx.ASGITransport(shop.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=HTMX) as client:
            refused = {
                403: await client.post("/cart/add", headers={"Sec-Fetch-Site": "cross-site"}),
                404: await client.get("/nowhere"),
                405: await client.get("/cart/add"),
                413: await client.post("/cart/add", headers={"Content-Length": "99999999"}),
                415: await client.post("/cart/add", content=b"x"),
                431: await client.get("/", headers={"X-Long": "x" * 33_000}),
            }
            for status, error in {500: RuntimeError("oh no"), 503: DatabaseUnavailable("gone")}.items():
                monkeypatch.setattr(shop.app.state.shop.order_book, "get", broken(error))
                refused[status] = await client.get("/orders/x/status")
            for _ in range(31):
                refused[429] = await client.post("/checkout")
    for status, answer in refused.items():
        assert (answer.status_code, answer.headers["x-template"]) == (status, "fragments/notice.html")
        assert answer.text.count('id="notice"') == 1 and "<html" not in answer.text

"""Each of htmx's rules is written once, and inherited."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

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
                assert attributes.get(own) != given, (attributes, own)


@pytest.mark.parametrize("name", FILES)
def test_no_template_says_the_same_rule_twice_or_puts_four_attributes_on_a_line(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    rules = Counter(re.findall(r'\b(hx-(?:target|swap|sync)\S*="[^"]*")', text))
    assert [rule for rule, count in rules.items() if count > 1] == []
    assert max(len(re.findall(r"\bhx-[a-z]+[^\s=]*=", line)) for line in text.splitlines()) <= 3

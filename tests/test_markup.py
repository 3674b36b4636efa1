"""Text from outside stays text: in every template, on every page and fragment, wherever it came in."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes
from markupsafe import Markup

from tests import planting
from tests.conftest import OpenShop, Shop
from webapp.app import create_app
from webapp.config import Settings
from webapp.i18n.translations import Translations
from webapp.integrations import INTEGRATIONS
from webapp.sandbox.hosted.templating import Templates as HostedTemplates

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent
TEMPLATES = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "webapp/sandbox/templates").rglob("*.html")]
# What `_()` may translate beside literals: constants that the code marks with N_, and messages made of them.
MARKED = """
card.outcome finish.how message announcement.message choice.title choice.pitch choice.disabled_reason charge.message
notice.message notice.hint product.origin product.note arrow.label market.country_name scene.title
reason scene.learn scene.point_at line step.question step.approve failure title choice.note scene.lesson product.name
unreachable state_title each.message cheat.title cheat.words cheat.why note.say
refusal.rule fee.name
""".split()  # noqa: SIM905
CAUSES = ["closed_by.reason.message", "entry.change.reason.message"]


def translated(path: Path) -> Iterator[str]:
    """Every expression that a template translates and that is no literal."""
    tree = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "gettext", "ngettext"):
            for argument in call.args[: 2 if call.node.name == "ngettext" else 1]:
                if not isinstance(argument, nodes.Const):
                    yield expression(argument)


def expression(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{expression(node.node)}.{node.attr}"
    return type(node).__name__


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_translates_literals_and_marked_constants_only(path: Path) -> None:
    assert not [name for name in translated(path) if name not in (*MARKED, *CAUSES)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_marks_anything_as_safe(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    filters = {each.name for each in Environment(extensions=["jinja2.ext.i18n"]).parse(text).find_all(nodes.Filter)}
    assert not filters & {"safe", "xmlattr", "urlize"} and not re.search(r"Markup|autoescape|__html__", text)


# What code marks as safe, how often, and why it may.
MARKUP = {
    "webapp/web/templating.py": (1, "a template that was rendered"),
    "webapp/inspector/highlight.py": (4, "escaped by Pygments"),
    "webapp/web/story.py": (1, "the shop's own stylesheets"),
    "webapp/web/first_visit.py": (1, "the shop's own stylesheet"),
    "webapp/presenter/qr.py": (1, "drawn by segno, without any of the text"),
    "webapp/sandbox/hosted/steps.py": (1, "drawn by segno, without any of the text"),
}


def test_code_marks_as_safe_only_what_is_drawn_or_escaped() -> None:
    found = {}
    for path in (ROOT / "webapp").rglob("*.py"):
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        ways = [ast.unparse(node.func) for node in tree if isinstance(node, ast.Call)]
        marked = [way for way in ways if way.split(".")[0] in ("Markup", "markupsafe", "escape")]
        if marked or "as Markup" in path.read_text(encoding="utf-8") or "__html__" in ways:
            found[path.relative_to(ROOT).as_posix()] = len(marked)
    assert found == {name: times for name, (times, _why) in MARKUP.items()}


@pytest.fixture
def translated_texts(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every text that a template translates while the test runs."""
    texts: set[str] = set()
    for kind in (gettext.NullTranslations, gettext.GNUTranslations):

        def noted(self: gettext.NullTranslations, text: str, usual: Any = kind.gettext) -> str:
            texts.add(text)
            return str(usual(self, text))

        monkeypatch.setattr(kind, "gettext", noted)
    return texts


def test_a_translated_text_is_plain_in_both_apps() -> None:
    shop = create_app(Settings(secret_key="s" * 64, database_url="sqlite:////nowhere/x.db")).state.shop
    for translate in (
        shop.templates.environment("id").globals["_"],
        HostedTemplates(Translations()).environment("id").globals["_"],
    ):
        assert not isinstance(translate("<b>%(x)s</b>", x="<i>"), Markup)
        assert not isinstance(translate("<b>"), Markup)


async def test_what_xendit_and_a_webhook_say_is_text_on_every_page(
    open_shop: OpenShop, translated_texts: set[str]
) -> None:
    pages = await planting.after_xendits_errors(open_shop) + await planting.after_webhooks(open_shop)
    assert not planting.planted_in(pages)
    assert any("&lt;planted" in page.text for page in pages)  # it is shown, as text
    assert len(translated_texts) > 50 and not [text for text in translated_texts if "planted" in text]


@pytest.mark.parametrize("integration", INTEGRATIONS)
async def test_what_xendit_answers_is_text_on_every_page(open_shop: OpenShop, integration: str) -> None:
    assert not planting.planted_in(await planting.after_xendits_answers(open_shop, integration))


async def test_what_a_browser_sends_is_text_on_every_page(shop: Shop) -> None:
    assert not planting.planted_in(await planting.after_what_a_browser_sends(shop))


async def test_what_a_merchant_tells_the_sandbox_is_text_on_its_pages() -> None:
    pages = await planting.after_what_a_merchant_tells_the_sandbox()
    assert not planting.planted_in(pages)
    assert any("&lt;planted" in page.text for page in pages)

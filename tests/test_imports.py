"""Who may import whom: files to copy stand alone; the sandbox and the shop know nothing of each other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "webapp").rglob("*.py"))
}

# The longest name that fits decides. A name stands for itself and all below it.
BELOW = (
    "webapp.integrations",
    "webapp.orders",
    "webapp.i18n",
    "webapp.database",
    "webapp.notices",
    "webapp.accept",
    "webapp.xendit_hosts",
    "webapp.config",
    "webapp.order_context",
    "webapp.logs",
    "webapp.background",
    "webapp.env",
    "webapp.keep",
    "webapp.shop.currencies",
    "webapp.shop.failing_totals",
)
SHOP = ("webapp.shop", *BELOW)
WEB = ("webapp.web", "webapp.inspector", "webapp.presenter", *SHOP)
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "webapp.background": (),
    "webapp.keep": ("webapp.env",),
    "webapp.config": (
        *("webapp.accounts", "webapp.address", "webapp.env", "webapp.keep"),
        *("webapp.brand_settings", "webapp.shop.brand", "webapp.shop.currencies"),
    ),
    "webapp.brand_settings": ("webapp.env", "webapp.pictures", "webapp.catalogue_file", "webapp.shop.brand"),
    "webapp.catalogue_file": ("webapp.env", "webapp.pictures", "webapp.shop"),
    "webapp.pictures": ("webapp.env", "webapp.shop.product"),
    "webapp.accounts": ("webapp.env", "webapp.shop.currencies"),
    "webapp.address": (),
    "webapp.markets": ("webapp.config", "webapp.integrations.errors"),
    "webapp.env": (),
    "webapp.accept": (),
    "webapp.xendit_hosts": (),
    "webapp.notices": (),
    "webapp.order_context": (),
    "webapp.logs": (),
    "webapp.i18n": ("webapp.i18n",),
    "webapp.database": ("webapp.database", "webapp.config"),
    "webapp.sandbox": ("webapp.sandbox",),
    "webapp.integrations": ("webapp.integrations", "webapp.orders.order", "webapp.notices"),
    "webapp.shop.currencies": (),
    "webapp.shop.failing_totals": (),
    "webapp.orders": (
        *("webapp.orders", "webapp.database", "webapp.notices", "webapp.shop.currencies"),
        *("webapp.background", "webapp.keep"),
    ),
    "webapp.shop": SHOP,
    "webapp.presenter": ("webapp.presenter", *BELOW),
    "webapp.inspector": ("webapp.inspector", *BELOW),
    "webapp.web": WEB,
    "webapp.xendit": ("webapp.xendit", *WEB),
    "webapp.endpoints": ("webapp.xendit", *WEB),
    "webapp.lifespan": ("webapp.xendit", *WEB),
    "webapp.doctor": ("webapp.markets", "webapp.xendit", *BELOW),
    "webapp.__main__": ("webapp.doctor", "webapp.server", "webapp.xendit", *WEB),
    "webapp.server": ("webapp.config", "webapp.http_protocol"),
    "webapp.own_sandbox": ("webapp.sandbox", *WEB),
    "webapp.presenter_routes": ("webapp.endpoints", "webapp.inspector"),
    "webapp.app": (
        *(
            "webapp.own_sandbox",
            "webapp.presenter_routes",
            "webapp.endpoints",
            "webapp.lifespan",
            "webapp.xendit",
            *WEB,
        ),
    ),
}
PACKAGES = {name for name, path in FILES.items() if path.name == "__init__.py"}


def imported(module: str, path: Path) -> Iterator[str]:
    """Every module of ours that a file names, by `import x`, `from x import y` and `from .x import y` alike."""
    package = module if module in PACKAGES else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*parents, *([node.module] if node.module else [])])
            # `from webapp import orders` imports a module, `from webapp.orders.order import Order` a name in one
            names = [f"{source}.{alias.name}" if f"{source}.{alias.name}" in FILES else source for alias in node.names]
        yield from (name for name in names if within(name, "webapp"))


def within(name: str, parent: str) -> bool:
    return name == parent or name.startswith(f"{parent}.")


def allowed(module: str, name: str) -> bool:
    rule = max((key for key in MAY_IMPORT if within(module, key)), key=len, default="")
    return any(within(name, permitted) for permitted in MAY_IMPORT.get(rule, ()))


@pytest.mark.parametrize("module", FILES)
def test_a_module_imports_only_what_its_room_may_know(module: str) -> None:
    wrong = [name for name in imported(module, FILES[module]) if not allowed(module, name)]
    assert not wrong, f"{module} may not import {', '.join(wrong)}"


@pytest.mark.parametrize(
    "line",
    ["import webapp.orders.order", "from webapp.orders import order", "from webapp.orders.order import Order"],
)
def test_both_forms_of_import_are_seen(line: str, tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text(f"if True:\n    {line}\n")
    assert list(imported("webapp.sandbox.store", tmp_path / "file.py")) == ["webapp.orders.order"]


def test_relative_imports_are_seen(tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text(
        "from .errors import XenditError\nfrom ..orders.order import Order\nfrom ..shop import cart\n"
    )
    assert list(imported("webapp.integrations.invoice", tmp_path / "file.py")) == [
        "webapp.integrations.errors",
        "webapp.orders.order",
        "webapp.shop.cart",
    ]


@pytest.mark.parametrize("name", [n for n in FILES if n.startswith("webapp.integrations.")])
def test_a_file_to_copy_needs_ours_only_for_type_hints(name: str) -> None:

    tree = ast.parse(FILES[name].read_text(encoding="utf-8"))
    for node in tree.body:  # top level: what runs when the copy is imported
        assert not (isinstance(node, ast.ImportFrom) and within(node.module or "", "webapp")), ast.unparse(node)
        assert not (isinstance(node, ast.Import) and any(within(alias.name, "webapp") for alias in node.names))

"""Print what an integrator reads to follow one payment, with its length: part of `make check`."""

import ast
from pathlib import Path

BUDGET = 2_450  # 2,300 before refunds, charges on dispatch, saved payments and months, which the order knows by now
OVER_BUDGET_FAILS = True

PATH = [
    "README.md",
    "webapp/app.py",
    "webapp/endpoints/checkout.py",
    "webapp/xendit/create.py",
    "webapp/integrations/components.py",
    "webapp/integrations/errors.py",
    "webapp/integrations/outcomes.py",
    "webapp/integrations/webhooks.py",
    "webapp/endpoints/webhooks.py",
    "webapp/orders/order.py",
    "webapp/orders/order_book.py",
    "webapp/orders/order_book.sql",
    "templates/base.html",
    "templates/pages/storefront.html",
    "templates/pages/order.html",
    "templates/fragments/shop.html",
    "templates/fragments/shelf.html",
    "templates/fragments/cart_panel.html",
    "templates/fragments/notice.html",
    "templates/fragments/components.html",
    "templates/fragments/order_summary.html",
    "templates/fragments/order_status.html",
    "templates/fragments/order_lines.html",
    "static/js/components.js",
]

# What a reader of the path must look up to understand it. Other imports are understood by their names.
DEFINITIONS = [
    "webapp/shop/cart.py",
    "webapp/shop/currencies.py",
    "webapp/shop/visitor.py",
    "webapp/web/forms.py",
    "webapp/web/htmx.py",
    "webapp/web/payment.py",
    "webapp/web/state.py",
    "webapp/xendit/order_sync.py",
    "webapp/xendit/reopen.py",
]


def imported(path: Path) -> set[str]:
    """Return the paths that the modules imported by a file would have."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name.replace(".", "/") + ".py" for name in names}


def print_lengths(title: str, names: list[str]) -> int:
    """Print a line for each file, and return the sum of their lengths."""
    print(title)
    total = 0
    for name in names:
        if not Path(name).exists():
            print(f"      -  {name} (does not exist)")
            continue
        lines = len(Path(name).read_text(encoding="utf-8").splitlines())
        print(f"{lines:7,}  {name}")
        total += lines
    return total


def main() -> bool:
    """Print the path and its sum, and return whether it is short enough."""
    read = [Path(name) for name in PATH if name.endswith(".py") and Path(name).exists()]
    forced = set(DEFINITIONS) & {name for path in read for name in imported(path)}
    total = print_lengths("The reading path of a payment:", PATH)
    total += print_lengths("What it forces one to open:", sorted(forced))
    print(f"{total:7,}  lines, of at most {BUDGET:,}" + (": TOO LONG" if total > BUDGET else ""))
    return total <= BUDGET or not OVER_BUDGET_FAILS


if __name__ == "__main__":
    raise SystemExit(not main())

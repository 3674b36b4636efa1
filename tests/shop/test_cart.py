"""The cart takes whole numbers from 1 to 99 of what is on the shelf, and money is rounded once."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import Shop
from webapp.orders.status import Flow
from webapp.shop.cart import MAX_QUANTITY, Cart, CartError, parse_quantity
from webapp.shop.catalog import PRODUCTS, price_in
from webapp.shop.currencies import CURRENCIES, Currency

pytestmark = pytest.mark.anyio

ON_SALE = sorted(key for key, product in PRODUCTS.items() if not product.sold_out)
ON_THE_SHELF = [key for key in ON_SALE if not PRODUCTS[key].fails_with]
SOLD_OUT = sorted(key for key, product in PRODUCTS.items() if product.sold_out)
carts = st.dictionaries(st.sampled_from(ON_SALE), st.integers(1, MAX_QUANTITY), max_size=len(ON_SALE)).map(Cart)
currencies = st.sampled_from(list(CURRENCIES.values()))


@given(st.text(max_size=20) | st.integers().map(str) | st.floats().map(str))
def test_a_quantity_is_a_whole_number_from_1_to_99_or_refused(text: str) -> None:
    try:
        quantity = parse_quantity(text)
    except CartError as refused:
        assert refused.status == 422
    else:
        assert 1 <= quantity <= MAX_QUANTITY
        assert text.isascii()
        assert text.isdigit()


def read_money(currency: Currency, written: str) -> Decimal:
    thousands, decimal_point = currency.separators
    return Decimal(written.replace(currency.symbol, "").replace(thousands, "").replace(decimal_point, "."))


@hypothesis_settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("currency", CURRENCIES.values(), ids=list(CURRENCIES))
@given(st.dictionaries(st.sampled_from(ON_THE_SHELF), st.integers(1, MAX_QUANTITY), min_size=1))
async def test_the_total_is_the_sum_of_the_prices_that_the_shopper_sees(
    shop: Shop, currency: Currency, quantities: dict[str, int]
) -> None:
    await shop.choose(currency=currency.code)
    await shop.get("/?cart=" + ",".join(f"{key}:{quantity}" for key, quantity in quantities.items()))
    page = (await shop.get("/")).text

    def shown(pattern: str) -> Decimal:
        (written,) = re.findall(pattern + "([^<]+)<", page, re.S)
        return read_money(currency, written.strip())

    total = shown(r'<p class="total"><span>Total</span> <strong>')
    on_the_shelf = [n * shown(f'id="card-{key}".*?class="price">') for key, n in quantities.items()]
    in_the_cart = [shown(f'id="line-{key}".*?class="line-amount">') for key in quantities]
    assert total == sum(on_the_shelf) and on_the_shelf == in_the_cart
    await shop.checkout()
    order = await shop.newest_order()
    assert (order.amount, order.currency) == (total, currency.code)
    assert total == total.quantize(Decimal(1).scaleb(-currency.digits))


@given(carts, st.sampled_from(ON_SALE), st.integers(1, MAX_QUANTITY))
def test_adding_adds_or_refuses_and_never_passes_99(cart: Cart, product: str, quantity: int) -> None:
    before = cart.quantities.get(product, 0)
    try:
        after = cart.add(product, quantity)
    except CartError:
        assert before + quantity > MAX_QUANTITY
    else:
        assert after.quantities[product] == before + quantity <= MAX_QUANTITY
        assert {key: n for key, n in after.quantities.items() if key != product} == {
            key: n for key, n in cart.quantities.items() if key != product
        }


@given(carts, st.sampled_from(ON_SALE))
def test_taking_one_away_undoes_adding_one(cart: Cart, product: str) -> None:
    if cart.quantities.get(product, 0) < MAX_QUANTITY:
        assert dict(cart.add(product).decrease(product).quantities) == dict(cart.quantities)


@pytest.mark.parametrize("product", SOLD_OUT)
def test_a_sold_out_product_can_not_be_added(product: str) -> None:
    with pytest.raises(CartError, match="sold out"):
        Cart().add(product)


@pytest.mark.parametrize("product", ["", "gayo2", "__proto__", "GAYO", "../gayo", "gayo\x00"])
@pytest.mark.parametrize("change", ["add", "decrease", "remove"])
def test_an_unknown_product_is_a_404(change: str, product: str) -> None:
    with pytest.raises(CartError) as refused:
        getattr(Cart(), change)(product)
    assert refused.value.status == 404


json_values = st.recursive(
    st.none() | st.integers() | st.text() | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_whatever_a_cookie_holds_makes_a_cart(stored: object) -> None:
    cart = Cart.from_cookie(stored)
    assert all(key in ON_SALE and 1 <= quantity <= MAX_QUANTITY for key, quantity in cart.quantities.items())


def test_a_deep_link_names_products_and_quantities() -> None:
    assert dict(Cart.from_link("gayo:2,toraja").quantities) == {"gayo": 2, "toraja": 1}
    assert dict(Cart.from_link("").quantities) == {}


@pytest.mark.parametrize(
    "link", ["gayo:0", "gayo:-1", "gayo:1.5", "gayo:two", "gayo:100", "gayo:1,gayo:1", "cup:1", "x"]
)
def test_a_deep_link_that_can_not_be_is_refused(link: str) -> None:
    with pytest.raises(CartError):
        Cart.from_link(link)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("IDR", "Rp240.000"),
        ("PHP", "₱880"),
        ("MYR", "RM72"),
        ("THB", "฿560"),
        ("VND", "400.000₫"),
        ("SGD", "S$22"),
        ("HKD", "HK$128"),
        ("MXN", "MXN$290"),
    ],
)
def test_a_price_looks_as_a_shop_there_prints_it(code: str, text: str) -> None:
    currency = CURRENCIES[code]
    assert currency.format(price_in(currency, PRODUCTS["gayo"])) == text


@given(
    currencies,
    st.decimals("0.5", 999, places=2),
    st.sampled_from([Decimal(step) for step in ("0.01", "0.05", "0.5", "1", "10", "1000")]),
)
def test_a_price_is_the_multiple_of_its_step_that_is_nearest(currency: Currency, base: Decimal, step: Decimal) -> None:
    product = replace(PRODUCTS["gayo"], base_price=base)
    price = price_in(replace(currency, price_step=step), product)
    assert price % step == 0
    assert abs(price - product.base_price * currency.rate) <= step / 2


def test_a_step_has_no_more_decimals_than_its_currency() -> None:
    for currency in CURRENCIES.values():
        assert currency.price_step == currency.price_step.quantize(Decimal(1).scaleb(-currency.digits)) > 0


@given(currencies, st.integers(0, 10**12))
def test_money_that_is_written_reads_as_the_same_amount(currency: Currency, smallest: int) -> None:
    amount = Decimal(smallest).scaleb(-currency.digits)
    assert read_money(currency, currency.format(amount)) == amount


@pytest.mark.parametrize(
    ("code", "amount", "text"),
    [
        ("IDR", "1000000", "Rp1.000.000"),
        ("PHP", "1000", "₱1,000"),
        ("MYR", "1000.50", "RM1,000.50"),
        ("THB", "1000.00", "฿1,000"),
        ("VND", "1000000", "1.000.000₫"),
        ("SGD", "21.60", "S$21.60"),
        ("HKD", "1000", "HK$1,000"),
        ("MXN", "1000", "MXN$1,000"),
    ],
)
def test_money_is_written_as_the_sdk_writes_it(code: str, amount: str, text: str) -> None:
    assert CURRENCIES[code].format(Decimal(amount)) == text


def test_saving_needs_no_cart_and_charges_nothing_but_everything_else_needs_one() -> None:
    details = {"visitor": "v", "checkout_id": "c" * 22, "integration": "components", "locale": "en"}
    for currency in CURRENCIES.values():
        saving = Cart({"gayo": 2}).to_order(flow=Flow.SAVE, currency=currency, **details)  # type: ignore[arg-type]
        assert (saving.amount, saving.lines) == (0, ())
        for flow in set(Flow) - {Flow.SAVE}:
            with pytest.raises(CartError, match="empty"):
                Cart().to_order(flow=flow, currency=currency, **details)  # type: ignore[arg-type]


@given(carts.filter(lambda cart: cart.count > 0), currencies)
def test_two_orders_never_share_a_reference(cart: Cart, currency: object) -> None:
    details = {"visitor": "v", "checkout_id": "c" * 22, "integration": "components", "locale": "en", "flow": Flow.PAY}
    orders = [cart.to_order(currency=currency, **details) for _ in range(2)]  # type: ignore[arg-type]
    assert orders[0].reference_id != orders[1].reference_id
    assert len(orders[0].reference_id) <= 64

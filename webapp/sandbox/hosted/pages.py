"""The hosted pages: GET shows, POST decides. Each decision is saved before the redirect. There is no JavaScript."""

import gettext
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from .. import webhooks
from ..errors import SandboxError
from ..links import href
from ..settings import SandboxSettings
from ..store import Store
from . import choices, steps
from .checkout_view import JSON, CheckoutView
from .payable import Payable
from .templating import Templates
from .texts import FAILED, FAILURES


class HostedPages:
    """The pages of one payable: `/sandbox/pay/{code}` or `/sandbox/invoice/{code}`."""

    def __init__(
        self,
        payable: Payable,
        store: Store,
        settings: SandboxSettings,
        translations: Mapping[str, gettext.NullTranslations],
    ) -> None:
        self.payable, self.store, self.settings, self.templates = payable, store, settings, Templates(translations)

    def routes(self) -> list[Route]:
        """Return the routes of the page and of its step."""
        page = f"/sandbox/{self.payable.path}/{{code}}"
        return [
            Route(page, self.show),
            Route(page, self.decide, methods=["POST"]),
            Route(f"{page}/{{attempt}}", self.show_step),
            Route(f"{page}/{{attempt}}", self.decide_step, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Show the choices, or the end of the payment."""
        checkout = await self.payable.find(request.path_params["code"])
        if checkout is None:
            return self.templates.page("not_found.html", "en", status=404)
        if checkout.state != "open":
            return self._page("closed.html", checkout, webhooks=await webhooks.list_webhooks(self.store, checkout.id))
        failure = checkout.failure_code and FAILURES.get(checkout.failure_code, FAILED)
        return self._page("checkout.html", checkout, groups=choices.groups(checkout.channels), failure=failure)

    async def decide(self, request: Request) -> Response:
        """Apply the form. `decision`: pay, decline, expire or resend (a `webhook`); `choice`: the way to pay."""
        checkout = await self.payable.find(request.path_params["code"])
        form = await request.form(max_files=0, max_fields=20)
        if checkout is None:
            return self.templates.page("not_found.html", "en", status=404)
        if form.get("decision") == "expire":
            await self.payable.expire(checkout)
            return RedirectResponse(self._address(request), 303)
        if form.get("decision") == "resend":
            await webhooks.resend(self.store, str(form.get("webhook")).replace("\0", ""), checkout.id)
            return RedirectResponse(self._address(request), 303)
        choice = choices.chosen(checkout.channels, form.get("choice"))
        if choice is None or checkout.state != "open":
            return await self._continue(request)
        verdict, failure = choices.outcome(choice, checkout.amount, checkout.currency)
        if form.get("decision") == "decline":
            is_card = choice.channel.pm_type == "CARDS"
            verdict, failure = "decline", "DECLINED_BY_ISSUER" if is_card else "USER_DECLINED_PAYMENT"
        try:
            attempt = await self.payable.begin(checkout, choice, form.get("save") == "yes", verdict, failure)
        except SandboxError:  # the payment ended in the meantime
            return RedirectResponse(self._address(request), 303)
        if verdict == "challenge":
            return RedirectResponse(f"{self._address(request)}/{attempt}", 303)
        return await self._continue(request)

    async def show_step(self, request: Request) -> Response:
        """Show the step at a bank, a wallet or a shop: one page for all of them."""
        checkout, attempt = await self._attempt(request)
        if checkout is None or attempt is None:
            return RedirectResponse(self._address(request), 303)
        step = steps.step_of(checkout, attempt, checkout.merchant or self.settings.merchant_name)
        return self._page("step.html", checkout, step=step, back=self._address(request))

    async def decide_step(self, request: Request) -> Response:
        """Apply the form of the step. `decision`: approve, decline or back."""
        checkout, attempt = await self._attempt(request)
        form = await request.form(max_files=0, max_fields=20)
        if checkout and attempt:
            outcome, failure = steps.outcome_of(checkout, attempt, str(form.get("decision")))
            await self.payable.settle(checkout, attempt["id"], outcome, failure)
        return await self._continue(request)

    async def _attempt(self, request: Request) -> tuple[CheckoutView | None, JSON | None]:
        checkout = await self.payable.find(request.path_params["code"])
        return checkout, checkout.open_attempt(request.path_params["attempt"]) if checkout else None

    async def _continue(self, request: Request) -> Response:
        """Redirect to the shop's success page after the payment, and else back to the page with its state."""
        checkout = await self.payable.find(request.path_params["code"])
        paid = checkout is not None and checkout.state == "paid"
        return RedirectResponse((paid and checkout and checkout.success_url) or self._address(request), 303)

    def _address(self, request: Request) -> str:
        return f"/sandbox/{self.payable.path}/{request.path_params['code']}"

    def _page(self, name: str, checkout: CheckoutView, **context: Any) -> Response:
        return self.templates.page(
            name,
            checkout.locale,
            leads_to=(checkout.success_url, checkout.leave_url),
            checkout=checkout,
            success_href=href(self.settings, checkout.success_url),
            leave_href=href(self.settings, checkout.leave_url),
            merchant=checkout.merchant or self.settings.merchant_name,
            **context,
        )

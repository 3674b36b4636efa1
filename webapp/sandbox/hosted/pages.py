"""GET shows, POST decides, and every decision is saved before the browser is sent on. No JavaScript anywhere."""

import gettext
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from .. import webhooks
from ..errors import SandboxError
from ..settings import SandboxSettings
from ..store import Store
from . import choices, steps
from .doors import Door
from .seen import JSON, Seen
from .templating import Templates
from .texts import FAILED, FAILURES


class HostedPages:
    """The pages behind one door: `/sandbox/pay/{code}` or `/sandbox/invoice/{code}`."""

    def __init__(
        self, door: Door, store: Store, settings: SandboxSettings, translations: Mapping[str, gettext.NullTranslations]
    ) -> None:
        self.door, self.store, self.settings, self.templates = door, store, settings, Templates(translations)

    def routes(self) -> list[Route]:
        page = f"/sandbox/{self.door.path}/{{code}}"
        return [
            Route(page, self.show),
            Route(page, self.decide, methods=["POST"]),
            Route(f"{page}/{{attempt}}", self.show_step),
            Route(f"{page}/{{attempt}}", self.decide_step, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        seen = await self.door.find(request.path_params["code"])
        if seen is None:
            return self.templates.page("not_found.html", "en", status=404)
        if seen.state != "open":
            return self._page("closed.html", seen, webhooks=await webhooks.listed(self.store, seen.id))
        failure = seen.failure_code and FAILURES.get(seen.failure_code, FAILED)
        return self._page("checkout.html", seen, groups=choices.groups(seen.channels), failure=failure)

    async def decide(self, request: Request) -> Response:
        """`decision`: pay, decline, expire, or resend (a `webhook`); `choice`: what to pay with; `save`: a checkbox."""
        seen = await self.door.find(request.path_params["code"])
        form = await request.form(max_files=0, max_fields=20)
        if seen is None:
            return self.templates.page("not_found.html", "en", status=404)
        if form.get("decision") == "expire":
            await self.door.expire(seen)
            return RedirectResponse(self._address(request), 303)
        if form.get("decision") == "resend":
            await webhooks.resend(self.store, str(form.get("webhook")), seen.id)
            return RedirectResponse(self._address(request), 303)
        choice = choices.chosen(seen.channels, form.get("choice"))
        if choice is None or seen.state != "open":
            return await self._onward(request)
        verdict, failure = choices.outcome(choice, seen.amount, seen.currency)
        if form.get("decision") == "decline":
            is_card = choice.channel.kind == "CARDS"
            verdict, failure = "decline", "DECLINED_BY_ISSUER" if is_card else "USER_DECLINED_PAYMENT"
        try:
            attempt = await self.door.begin(seen, choice.channel, form.get("save") == "yes", verdict, failure)
        except SandboxError:  # it ended while the form was on its way
            return RedirectResponse(self._address(request), 303)
        if verdict == "challenge":
            return RedirectResponse(f"{self._address(request)}/{attempt}", 303)
        return await self._onward(request)

    async def show_step(self, request: Request) -> Response:
        """What a bank, a wallet or a counter would ask, in one page for all of them."""
        seen, attempt = await self._attempt(request)
        if seen is None or attempt is None:
            return RedirectResponse(self._address(request), 303)
        step = steps.step_of(seen, attempt, self.settings.merchant_name)
        return self._page("step.html", seen, step=step, back=self._address(request))

    async def decide_step(self, request: Request) -> Response:
        """`decision`: approve, decline or back."""
        seen, attempt = await self._attempt(request)
        form = await request.form(max_files=0, max_fields=20)
        if seen and attempt:
            outcome, failure = steps.outcome_of(seen, attempt, str(form.get("decision")))
            await self.door.settle(seen, attempt["id"], outcome, failure)
        return await self._onward(request)

    async def _attempt(self, request: Request) -> tuple[Seen | None, JSON | None]:
        seen = await self.door.find(request.path_params["code"])
        return seen, seen.open_attempt(request.path_params["attempt"]) if seen else None

    async def _onward(self, request: Request) -> Response:
        """To the shop's success page once it is paid; else back to the page, which says how things stand."""
        seen = await self.door.find(request.path_params["code"])
        paid = seen is not None and seen.state == "paid"
        return RedirectResponse((paid and seen and seen.success_url) or self._address(request), 303)

    def _address(self, request: Request) -> str:
        return f"/sandbox/{self.door.path}/{request.path_params['code']}"

    def _page(self, name: str, seen: Seen, **context: Any) -> Response:
        return self.templates.page(
            name,
            seen.locale,
            leads_to=(seen.success_url, seen.leave_url),
            seen=seen,
            merchant=self.settings.merchant_name,
            **context,
        )

// What HTML can't do alone: announce, place the focus, close menus, wake up after Back. It holds no words of its own.
(() => {
  const FORM_PATIENCE_MS = 10_000;
  const LEAVE_PATIENCE_MS = 3_000;
  const STAY_PATIENCE_MS = 5_000;
  const SENT_PATIENCE_MS = 60_000; // the shop may try three times, 19 seconds each
  const announcer = document.getElementById("announcer");
  const offline = document.getElementById("offline");
  const narrow = matchMedia("(max-width: 61.999rem)");
  const besides = matchMedia("(min-width: 68.75rem)"); // as in shop.css
  const speaker = () => document.querySelector("[data-announcement]");
  const words = () => speaker()?.dataset.announcement ?? "";
  let said = words();
  let focused = document.body;
  let folded = null; // the <details> in which it is
  const choices = new Set(); // not answered yet
  let leaving = false; // for where an answer has sent this page
  let answeredAt = 0;

  // A screen reader speaks when the live region changes; a poll that brings nothing new stays silent. A press is
  // answered also where the answer is the same as before.
  function announce({ sourceEvent, target }) {
    const text = words();
    const swapped = typeof target === "string" ? document.querySelector(target) : target;
    const isAnswer = sourceEvent?.isTrusted && swapped?.contains(speaker());
    if (text && (isAnswer || text !== said)) announcer.textContent = text;
    said = text;
  }

  // New content may ask for the focus once; a control that went away hands it to the nearest heading.
  function placeFocus() {
    const wanting = document.querySelector("[data-focus]");
    if (wanting) {
      wanting.removeAttribute("data-focus");
      wanting.focus();
    } else if (focused !== document.body && document.activeElement === document.body) {
      const heading = folded?.isConnected ? folded.querySelector("summary") : null;
      (heading ?? document.querySelector("#cart-panel-title, #state-title, h1[tabindex]"))?.focus();
    }
  }

  // Who has sent the request may send it again; what the page asks by itself, it asks again by itself.
  function sayOffline({ detail }) {
    const [toVisitor, ofPage] = offline.children;
    ofPage.hidden = Boolean(detail.ctx?.sourceEvent?.isTrusted);
    toVisitor.hidden = !ofPage.hidden;
    offline.hidden = false;
  }

  // The server decides what is chosen; a control that was used keeps its own idea through a morph, or an error. Requests
  // wait for one another: an answer does not know what was chosen after its question.
  function obeyServer({ detail }) {
    answeredAt = Date.now();
    choices.delete(detail.ctx);
    if (choices.size) return;
    const market = document.getElementById("currency");
    if (market) market.value = document.getElementById("shop").dataset.currency;
    for (const radio of document.querySelectorAll("#checkout input[type=radio]")) radio.checked = radio.defaultChecked;
  }

  // The browser half of Components comes only with a fragment that needs it; a module loads once, however often asked.
  function loadComponents() {
    const root = document.getElementById("components");
    if (!root || "timed" in root.dataset) return;
    root.dataset.timed = "";
    import(root.dataset.scriptUrl).catch(() => fallBack(root));
    setTimeout(fallBack, FORM_PATIENCE_MS, root);
  }

  // The form's script or the SDK has not come: show what else can be done. Should it come yet, its next state hides that.
  function fallBack(root) {
    if (root.dataset.state !== "loading") return;
    for (const part of root.querySelectorAll("[data-when]")) part.hidden = !part.matches("[data-when~=late]");
  }

  function foldSummary() {
    const beside = document.querySelector(".beside > [open]");
    if (narrow.matches || beside) document.getElementById("order-summary")?.removeAttribute("open");
  }

  // The inspector stands open beside an order where there is room; elsewhere it is folded until it is asked for. Paper
  // is narrow too, and prints what is open.
  function placeInspector() {
    const panel = document.querySelector("[data-beside]");
    if (panel && !matchMedia("print").matches) panel.open = besides.matches;
  }

  // A form that was sent can be sent again once no answer will come any more: the visitor may have stopped it.
  function wakeUp() {
    for (const element of document.querySelectorAll(".busy, [data-sent]")) {
      element.classList.remove("busy");
      element.removeAttribute("data-sent");
    }
  }

  // A page that is left takes with it what is under way, and the cookies of the answers: wait while they keep coming.
  const underWay = () => !leaving && document.querySelector("[hx-post].htmx-request");
  async function allAnswered(pressed) {
    const began = Date.now();
    pressed?.classList.add("busy");
    while (underWay() && Date.now() < Math.max(began, answeredAt) + LEAVE_PATIENCE_MS) {
      await new Promise((goOn) => { setTimeout(goOn, 50); });
    }
  }

  // The visitor has stopped the redirect, or it has opened something else: here all goes on.
  function stay() {
    leaving = false;
    for (const element of document.querySelectorAll(".htmx-request")) {
      element.classList.remove("htmx-request");
      for (const button of element.querySelectorAll("button:disabled")) button.disabled = false;
    }
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  }

  document.addEventListener("htmx:before:swap", () => {
    focused = document.activeElement;
    folded = focused.closest("details");
  });
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    loadComponents();
    foldSummary();
    placeFocus();
    announce(detail.ctx);
    takeAddress();
  });
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement.matches("#currency, #checkout fieldset")) choices.add(ctx);
  });
  document.addEventListener("htmx:finally:request", obeyServer);

  // What the visitor does next ends what was said before; what the page asks by itself doesn't.
  // What has waited for an answer that leaves the page, or that took its control away, is asked no more.
  document.addEventListener("htmx:before:request", (event) => {
    const { sourceElement, sourceEvent } = event.detail.ctx;
    if (leaving || !sourceElement.isConnected) event.preventDefault();
    else if (sourceEvent.isTrusted) document.getElementById("notice").hidden = true;
  });

  // Only the shop's own fragments are swapped (X-Template: webapp/web/templating.py). Another program's error page, or a
  // captive portal's login, replaces nothing.
  document.addEventListener("htmx:before:response", (event) => {
    const { status, headers } = event.detail.ctx.response;
    const isFragment = headers.get("X-Template")?.startsWith("fragments/");
    if (headers.has("HX-Redirect")) {
      leaving = true;
      setTimeout(stay, STAY_PATIENCE_MS);
    }
    offline.hidden = status === 204 || headers.has("HX-Redirect") || isFragment;
    if (offline.hidden) return;
    event.preventDefault();
    sayOffline(event);
  });
  document.addEventListener("htmx:error", sayOffline);

  // A plain form is sent once, however often its button is pressed; unless it opens another window and stays.
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.target) return;
    if ("sent" in form.dataset) return event.preventDefault();
    if (underWay() && form.dataset.waits !== "over") {
      event.preventDefault();
      if ("waits" in form.dataset) return;
      form.dataset.waits = "";
      await allAnswered(submitter);
      form.dataset.waits = "over";
      if (!submitter || submitter.form === form) form.requestSubmit(submitter);
      return;
    }
    delete form.dataset.waits;
    form.dataset.sent = "";
    submitter?.classList.add("busy");
    setTimeout(wakeUp, SENT_PATIENCE_MS);
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  for (const done of ["click", "focusin"]) {
    document.addEventListener(done, (event) => closeMenus(event.target.closest("details.menu")));
  }
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]:not([target], [download], [hx-get])");
    const isHere = link?.hash && link.pathname === location.pathname;
    if (!link || isHere || event.ctrlKey || event.metaKey || event.shiftKey || !underWay()) return;
    event.preventDefault();
    await allAnswered(link);
    location.assign(link.href);
  });

  // Back from a payment that was put into the history, or forward to it: only the server has that page.
  let opened = location.pathname;
  function takeAddress() {
    const address = document.querySelector("[data-address]")?.dataset.address ?? opened;
    if (address !== opened) history.pushState(null, "", address);
    opened = address;
  }
  addEventListener("popstate", () => { if (location.pathname !== opened) location.reload(); });
  addEventListener("pageshow", (event) => {
    if (event.persisted && document.querySelector(".htmx-request, .busy, [data-sent]")) location.reload();
  });
  besides.addEventListener("change", placeInspector);
  placeInspector();
  loadComponents();
  foldSummary();
})();

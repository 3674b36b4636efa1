// Helpers of test_htmx_rules.py, there before the page's own scripts.
(() => {
  // Polls run when prepare() says, instead of every two or five seconds.
  const polls = new Set();
  const [start, stop] = [setInterval, clearInterval];
  window.setInterval = (run, ms, ...rest) => ([2000, 5000].includes(ms) ? polls.add(run) && run : start(run, ms, ...rest));
  window.clearInterval = (timer) => polls.delete(timer) || stop(timer);

  const trigger = (element) => element.getAttribute("hx-trigger") ?? "";
  const isPoll = (element) => /every/.test(trigger(element));
  const asksByItself = (element) => /every|htmx:/.test(trigger(element));

  // What a visitor uses to make an element ask.
  function controlOf(element) {
    if (trigger(element).startsWith("toggle")) return element.closest("details").querySelector("summary");
    if (element.matches("fieldset")) return element.querySelector("input:enabled:not(:checked)");
    return element.matches("form") ? element.querySelector("button:not([formaction])") : element;
  }

  function canAsk(element) {
    if (asksByItself(element)) return isPoll(element) || document.getElementById("checkout");
    return controlOf(element)?.matches(":not(:disabled)") && controlOf(element).checkVisibility();
  }

  function nameOf(element) {
    const method = ["get", "post", "put", "patch", "delete"].find((each) => element.hasAttribute(`hx-${each}`));
    const address = element.getAttribute(`hx-${method}`).split("?")[0];
    return `#${element.id || element.closest("[id]").id} ${method} ${address}`;
  }

  const requesting = () => [...document.querySelectorAll("[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]")];
  const find = (name) => requesting().find((each) => nameOf(each) === name);

  // All that an answer may not touch unless it is the fragment that was asked for, piece by piece.
  function picture() {
    const copy = document.body.cloneNode(true);
    for (const each of copy.querySelectorAll("#notice, #offline, #checkout-id, xendit-channel-picker")) each.remove();
    for (const each of copy.querySelectorAll("details")) each.open = false;
    for (const each of copy.querySelectorAll(".htmx-request")) each.classList.remove("htmx-request");
    const chosen = [...document.querySelectorAll("select")].map((each) => each.value);
    const checked = [...document.querySelectorAll("input:checked")].map((each) => each.id);
    return [document.title, ...chosen, ...checked, ...copy.outerHTML.split(/(?=<)/).map((piece) => piece.trim())];
  }

  function report(before) {
    const after = picture();
    const place = after.findIndex((piece, index) => piece !== before[index]);
    const alerts = [...document.querySelectorAll("[role=alert]")].filter((each) => each.checkVisibility());
    return {
      said: alerts.map((each) => each.id),
      changed: place < 0 ? null : `${before[place]} became ${after[place]}`,
    };
  }

  // The end of the element's next request, as a report.
  function answer(element) {
    const before = picture();
    let own;
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("It asks no more.")), 20_000);
      addEventListener("htmx:before:request", ({ detail }) => {
        if (detail.ctx.sourceElement === element) own ??= detail.ctx;
      });
      addEventListener("htmx:finally:request", ({ detail }) => {
        if (detail.ctx === own) setTimeout(() => resolve(report(before)));
      });
    });
  }

  // Leaves window.answered, a promise, and returns the key that a visitor would press; none for what asks by itself.
  function prepare(name) {
    const element = find(name);
    window.answered = answer(element);
    if (isPoll(element)) for (const run of polls) run();
    else if (asksByItself(element)) {
      document.getElementById("checkout").dispatchEvent(new Event("htmx:after:swap", { bubbles: true }));
    } else {
      const control = controlOf(element);
      control.focus();
      return control.matches("select") ? "ArrowDown" : control.matches("[type=radio]") ? "Space" : "Enter";
    }
  }

  Object.assign(window, {
    prepare,
    listRequesting: () => requesting().filter(canAsk).map((each) => [nameOf(each), asksByItself(each)]),
  });
})();

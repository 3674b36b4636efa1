// Xendit Components in the browser: the shopper pays in Xendit's form, on your page. Copy this file; it needs no other.
//
// 1. Your server creates the session (webapp/integrations/components.py) and writes components_sdk_key into the page.
//    The key is SECRET, for it opens this payment: send the page with "Cache-Control: no-store", never store or log it.
// 2. This file takes the key and removes it from the page.
// 3. It starts Xendit's SDK (npm package xendit-components-web) and shows the form.
// 4. The SDK's events set the state. Your HTML decides: data-when="dead broken" is visible in these two states only.
//    loading, ready, submitting, acting, leaving, pending, complete, dead (start a new payment), broken (reload)
// 5. Your button submits. "session-complete" proves nothing: data-page-url is a page that asks your server.
// 6. A wallet sends the browser to your return_url. Ask Xendit there (status.py); if not paid, show this HTML again.
//
// The smallest HTML. REPLACE the addresses and the words. Content-Security-Policy: see webapp/web/security.py.
//
//   <section id="components" data-sdk-url="/xendit-components.mjs" data-page-url="/orders/123">
//     <template id="components-key">COMPONENTS_SDK_KEY</template>
//     <div id="components-picker"></div>
//     <div id="components-alert" role="alert" hidden><b data-text="Not paid."></b><p></p><p></p></div>
//     <button type="button" id="components-pay" data-when="loading ready" disabled>Pay</button>
//     <button type="button" id="components-stop" data-when="submitting acting" hidden>Stop</button>
//     <p data-when="dead broken" hidden>Please reload the page.</p>
//   </section>
//   <script type="module" src="/components.js"></script>

async function mount() {
  const holder = document.getElementById("components-key");
  if (!holder) return; // this page has no form, or its form is mounted already
  holder.remove();
  const ids = ["components", "components-picker", "components-alert", "components-pay", "components-stop"];
  const [root, picker, alert, pay, stop] = ids.map((id) => document.getElementById(id));

  function show(state) {
    if (["complete", "dead", "broken"].includes(root.dataset.state)) return; // no state follows these
    root.dataset.state = state;
    for (const part of root.querySelectorAll("[data-when]")) part.hidden = !part.matches(`[data-when~=${state}]`);
    alert.hidden = true;
  }

  let sdk, extras;
  try {
    const { sdkUrl, extrasUrl } = root.dataset;
    if (extrasUrl) extras = await import(extrasUrl).catch(console.warn); // optional: what this shop adds
    const { XenditComponents } = await import(sdkUrl);
    sdk = new XenditComponents({
      componentsSdkKey: holder.content.textContent.trim(),
      // A wallet's redirect adds this parameter. Without it, `resume` is a fatal error from SDK 0.0.25 on.
      resume: Boolean(new URLSearchParams(location.search).get("token_request_id")),
      ...extras?.options(root),
    });
  } catch (error) {
    console.warn(error);
    return show("broken");
  }

  const on = (name, react) => sdk.addEventListener(name, react);
  for (const name of ["init", "session-not-pending"]) on(name, () => show("ready"));
  on("submission-ready", () => { pay.disabled = false; });
  on("submission-not-ready", () => { pay.disabled = true; });
  for (const name of ["submission-begin", "submission-resume", "action-end"]) on(name, () => show("submitting"));
  on("action-begin", () => show("acting"));
  on("will-redirect", () => show("leaving"));
  on("submission-end", ({ reason, userErrorMessage }) => {
    if (reason.startsWith("SESSION_")) return; // an event of the session follows
    show("ready");
    [...alert.children].forEach((part, i) => { part.textContent = userErrorMessage?.[i] ?? part.dataset.text; });
    alert.hidden = reason.endsWith("_ABORTED"); // the shopper has stopped it
  });
  on("session-pending", () => show("pending"));
  on("session-complete", () => { show("complete"); location.assign(root.dataset.pageUrl); });
  on("session-expired-or-canceled", () => show("dead"));
  on("fatal-error", ({ message }) => { console.warn(message); show("broken"); });

  picker.replaceChildren(sdk.createChannelPickerComponent());
  picker.addEventListener("submit", (event) => { event.preventDefault(); pay.click(); }); // Enter in a field
  pay.addEventListener("click", () => sdk.submit());
  stop.addEventListener("click", () => sdk.abortSubmission());
  extras?.start(root, sdk);
}

mount();
document.addEventListener("htmx:after:swap", mount); // REPLACE if not htmx but something else brings the form

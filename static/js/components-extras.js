// What this shop adds to components.js, which imports it by data-extras-url. Paying works without this file.
// Words are in templates/fragments/components.html.
//
// options(): the address of the page, the look of the card fields.
// start(): answers come sooner, our server tells what the SDK does not notice, screen readers get names.

const NUDGE_MS = 1500;
const WATCH_MS = 3000;
const ENDED = "session-expired-or-canceled";
const COMPLETE = "session-complete";
// The order's status at our server, and the SDK's event that says the same.
const EVENTS = {
  ...{ expired: ENDED, cancelled: ENDED, declined: ENDED, failed_to_create: ENDED },
  ...{ paid: COMPLETE, saved: COMPLETE, subscribed: COMPLETE, stopped: COMPLETE, authorized: COMPLETE, released: COMPLETE },
};
const DIALOG = ".xendit-dialog";
let here = location.pathname;

// Return more options for the SDK.
export function options(root) {
  // Refresh and Back come to this payment, not to a shop that has forgotten it.
  // Where the path is right, its query stays: until `init` the SDK may still read token_request_id from it.
  if (location.pathname !== root.dataset.resumeUrl) history.pushState(null, "", root.dataset.resumeUrl);
  here = location.pathname;
  return { iframeFieldAppearance: appearance(root) };
}

// Add listeners to an SDK that has just been made.
export function start(root, sdk) {
  const on = (name, react) => sdk.addEventListener(name, react);
  const recheck = () => askServer(root, sdk);
  on("init", () => {
    root.querySelector("#components-none").hidden = sdk.getActiveChannels().length > 0;
    const left = sdk.getSession().expiresAt - Date.now();
    if (left > 0 && left < 2 ** 31) setTimeout(recheck, left + 1000); // an idle SDK does not notice
  });
  // The SDK asks every 5 seconds or so. While a shopper waits for an answer, it is told to ask sooner.
  let nudging;
  const nudge = () => { try { sdk.pollImmediately(); } catch { /* between two states there is nothing to ask */ } };
  on("action-begin", () => { clearInterval(nudging); nudging = setInterval(nudge, NUDGE_MS); });
  on("action-end", () => clearInterval(nudging));
  on("submission-end", ({ reason }) => {
    root.querySelector("#components-alert").scrollIntoView({ block: "nearest" });
    keepFocus();
    if (reason === "REQUEST_FAILED") recheck(); // another tab may have paid
  });
  // Another tab or a phone may end this payment, and after a page load the SDK no longer asks about a pending one.
  const watch = setInterval(() => (root.isConnected ? recheck() : clearInterval(watch)), WATCH_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) recheck(); });
  describe(root);
}

// Ask our server for the order's status. If it has ended, announce that by the SDK's own event.
async function askServer(root, sdk) {
  const isOpen = () => root.isConnected && !["leaving", "complete", "dead", "broken"].includes(root.dataset.state);
  if (!isOpen()) return;
  const answer = await fetch(root.dataset.statusUrl, { cache: "no-store" }).catch(() => null);
  const event = EVENTS[answer?.headers.get("X-Order-Status")];
  if (event && isOpen()) sdk.dispatchEvent(new Event(event));
}

// Return the look of the page, for card fields: they are frames of another origin, which no stylesheet of ours reaches.
function appearance(root) {
  const style = getComputedStyle(root);
  const colour = (name) => style.getPropertyValue(`--xendit-color-${name}`).trim();
  return {
    inputStyles: {
      fontFamily: style.fontFamily,
      fontSize: "14px", // as the SDK draws its other fields
      color: colour("text") || style.color,
      backgroundColor: colour("background") || "transparent",
    },
    placeholderStyles: { color: colour("text-placeholder") || "gray" },
  };
}

// Add what the SDK (0.0.24) leaves out for screen readers and keyboards: titles of its frames, that its logos are
// decoration, and that its window is a dialog.
function describe(root) {
  const { titleNumber, titleExpiry, titleCvn, titleAction, titleCode } = root.dataset;
  const titles = { credit_card_number: titleNumber, credit_card_expiry: titleExpiry, credit_card_cvn: titleCvn };
  const frames = ".xendit-iframe-container iframe:not([title]), iframe.xendit-action-iframe:not([title])";
  const watcher = new MutationObserver(() => {
    if (!root.isConnected) return watcher.disconnect();
    for (const frame of document.querySelectorAll(frames)) {
      frame.title = titles[new URL(frame.src).searchParams.get("input_type")] ?? titleAction;
    }
    for (const logo of document.querySelectorAll("xendit-channel-picker img:not([alt])")) logo.alt = "";
    for (const code of document.querySelectorAll("[data-testid=qr-code]:not([aria-label])")) code.ariaLabel = titleCode;
    for (const header of document.querySelectorAll(".xendit-accordion-item-header")) {
      header.ariaExpanded = Boolean(header.closest(".xendit-accordion-item-open"));
    }
    openDialog(root, document.querySelector(DIALOG));
  });
  watcher.observe(document.body, { childList: true, subtree: true, attributeFilter: ["class"] });
}

// The window gets a name and the focus, and the page behind it rests. Once it is gone, the page wakes up.
function openDialog(root, dialog) {
  if (Boolean(dialog) === Boolean(root.inertParts)) return;
  for (const part of root.inertParts ?? []) part.inert = false;
  root.inertParts = dialog && [...document.querySelectorAll("body > :is(.skip, header, main, footer, nav)")];
  for (const part of root.inertParts ?? []) part.inert = true;
  if (dialog) {
    Object.assign(dialog, { role: "dialog", ariaModal: "true", ariaLabel: root.dataset.titleDialog, tabIndex: -1 });
    dialog.focus();
  } else keepFocus();
}

// A button that was pressed may have gone, and the focus with it: the title takes it, wherever the page is scrolled to.
function keepFocus() {
  const { activeElement } = document;
  if (activeElement !== document.body && activeElement.checkVisibility()) return;
  document.getElementById("components-title")?.focus({ preventScroll: true });
}

addEventListener("keydown", ({ key }) => {
  if (key === "Escape") document.querySelector(`${DIALOG} .xendit-dialog-floating-close`)?.click();
});
addEventListener("popstate", () => { if (location.pathname !== here) location.reload(); });
// The back/forward cache holds a page whose SDK has gone to a wallet: load it, and so ask Xendit, again.
addEventListener("pageshow", (event) => { if (event.persisted && document.getElementById("components")) location.reload(); });

// The browser half of Xendit Components: mounts the SDK into #components and lets its events drive what is shown.
// All words are in templates/fragments/components.html: a part with data-when="ready submitting" shows in these states.
// Nothing here decides that an order is paid: that is what the order's own page is for, and it asks Xendit.
// Events and options of the SDK: https://github.com/xendit/xendit-components-web

const NUDGE_MS = 1500;
const WATCH_MS = 2000;
let here = location.pathname;

function show(root, state) {
  root.dataset.state = state;
  for (const part of root.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
}

// The key is used once: the SDK keeps it to itself, and no page, address or storage holds it afterwards.
function takeKey(root) {
  const holder = root.querySelector("#components-key");
  const key = holder.content.textContent.trim();
  holder.remove();
  return key;
}

// Card fields are frames of another origin, which no stylesheet of ours reaches: they are told what the page looks like.
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

// What the SDK leaves out for screen readers (0.0.24): titles of its frames, and that its logos are decoration.
function describe(root) {
  const { titleNumber, titleExpiry, titleCvn, titleAction } = root.dataset;
  const titles = { credit_card_number: titleNumber, credit_card_expiry: titleExpiry, credit_card_cvn: titleCvn };
  const frames = ".xendit-iframe-container iframe:not([title]), iframe.xendit-action-iframe:not([title])";
  const watcher = new MutationObserver(() => {
    if (!root.isConnected) return watcher.disconnect();
    for (const frame of document.querySelectorAll(frames)) {
      frame.title = titles[new URL(frame.src).searchParams.get("input_type")] ?? titleAction;
    }
    for (const logo of document.querySelectorAll("xendit-channel-picker img:not([alt])")) logo.alt = "";
  });
  watcher.observe(document.body, { childList: true, subtree: true });
}

// Return our server's word on the order, or nothing if it can't be had now.
async function askServer(url) {
  const answer = await fetch(url, { method: "HEAD", cache: "no-store" }).catch(() => null);
  return answer?.headers.get("X-Order-Status");
}

async function mount(root) {
  root.dataset.mounted = "";
  const key = takeKey(root);
  const { sdkUrl, pageUrl, resumeUrl, statusUrl } = root.dataset;
  const [picker, alert, pay, stop] = ["picker", "alert", "pay", "stop"].map((name) => root.querySelector(`#components-${name}`));
  const isOpen = () => root.isConnected && !["leaving", "complete", "dead", "broken"].includes(root.dataset.state);

  // Refresh and Back come to an address that asks Xendit for this same payment, not to a shop that has forgotten it.
  if (location.pathname !== resumeUrl) history.pushState(null, "", resumeUrl);
  here = location.pathname;

  function finish() {
    show(root, "complete");
    location.assign(pageUrl);
  }

  function end() {
    alert.hidden = true; // what is said now is the whole of it
    show(root, "dead");
  }

  async function recheck() {
    const status = isOpen() && (await askServer(statusUrl));
    if (!status || !isOpen()) return;
    if (status === "expired" || status === "cancelled") end();
    else if (status !== "waiting" && status !== "pending_approval") finish();
  }

  function watchApproval() {
    const watch = setInterval(() => {
      if (root.dataset.state === "pending" && root.isConnected) recheck();
      else clearInterval(watch);
    }, WATCH_MS);
  }

  function complain([title, ...lines]) {
    const written = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
    alert.replaceChildren(written("strong", title), ...lines.map((line) => written("p", line)));
    alert.hidden = false;
    alert.scrollIntoView({ block: "nearest" });
  }

  let sdk;
  try {
    const { XenditComponents } = await import(sdkUrl); // once per page, however often the fragment comes
    sdk = new XenditComponents({
      componentsSdkKey: key,
      iframeFieldAppearance: appearance(root),
      // A wallet's redirect adds this parameter. Without it, `resume` is a fatal error from SDK 0.0.25 on.
      resume: Boolean(new URLSearchParams(location.search).get("token_request_id")),
    });
  } catch (error) {
    console.warn(error);
    return show(root, "broken");
  }

  // The SDK asks every 5 seconds or so. While a shopper waits for an answer, it is told to ask sooner.
  let nudging;
  const nudge = () => { try { sdk.pollImmediately(); } catch { /* between two states there is nothing to ask */ } };

  const on = {
    "init": () => {
      show(root, "ready");
      const left = sdk.getSession().expiresAt - Date.now();
      if (left > 0 && left < 2 ** 31) setTimeout(recheck, left + 1000); // an idle SDK doesn't notice
    },
    "submission-ready": () => { pay.disabled = false; },
    "submission-not-ready": () => { pay.disabled = true; },
    "submission-begin": () => { alert.hidden = true; show(root, "submitting"); },
    "submission-resume": () => show(root, "submitting"),
    "action-begin": () => { show(root, "acting"); clearInterval(nudging); nudging = setInterval(nudge, NUDGE_MS); },
    "action-end": () => { clearInterval(nudging); if (isOpen()) show(root, "submitting"); },
    "will-redirect": () => show(root, "leaving"),
    "submission-end": ({ reason, userErrorMessage }) => {
      if (reason.startsWith("SESSION_")) return; // the session's own event says more
      show(root, "ready");
      // An error without words is an empty list. Who has stopped the attempt needs none.
      if (userErrorMessage?.length) complain(userErrorMessage);
      else if (!reason.endsWith("_ABORTED")) complain([alert.dataset.title, alert.dataset.text]);
      // It may be that another tab has paid; our server hears of it within moments.
      if (reason === "REQUEST_FAILED") for (const wait of [0, 2 * WATCH_MS]) setTimeout(recheck, wait);
    },
    // After a page load the SDK no longer asks by itself: it has lost the attempt's id. So the page asks its own server.
    "session-pending": () => { show(root, "pending"); watchApproval(); },
    "session-not-pending": () => { if (isOpen()) show(root, "ready"); },
    "session-complete": finish,
    "session-expired-or-canceled": end,
    "fatal-error": ({ message }) => { console.warn(message); show(root, "broken"); },
  };
  for (const [name, react] of Object.entries(on)) sdk.addEventListener(name, react);

  describe(root);
  picker.replaceChildren(sdk.createChannelPickerComponent());
  const submit = () => { if (!pay.disabled && root.dataset.state === "ready") sdk.submit(); };
  pay.addEventListener("click", submit);
  stop.addEventListener("click", () => sdk.abortSubmission());
  // Enter in one of the SDK's fields would otherwise load the page anew.
  picker.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) recheck(); });
}

// The fragment may be there from the start, or be swapped in by htmx.
function find() {
  const root = document.querySelector("#components:not([data-mounted])");
  if (root) mount(root);
}
document.addEventListener("htmx:after:swap", find);
addEventListener("popstate", () => { if (location.pathname !== here) location.reload(); });
// The back/forward cache holds a page whose SDK has gone to a wallet: load it, and so ask Xendit, again.
addEventListener("pageshow", (event) => { if (event.persisted && document.getElementById("components")) location.reload(); });
find();

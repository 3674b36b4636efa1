// The browser half of Xendit Components: mounts the SDK into #components and lets its events drive what is shown.
// All words are in templates/fragments/components.html: an element with data-when="ready submitting" shows in these states.
// Nothing here decides that an order is paid: that is what the order's page is for, and it asks Xendit.
// Events and options: https://github.com/xendit/xendit-components-web

const NUDGE_MS = 1500;
const WATCH_MS = 2000;

function show(root, state) {
  root.dataset.state = state;
  for (const part of root.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
}

// The key is used once: the SDK keeps it to itself, and neither the page, the address nor any storage holds it after.
function takeKey(root) {
  const holder = root.querySelector("#components-key");
  const key = holder.content.textContent.trim();
  holder.remove();
  return key;
}

// Card fields are frames of another origin, which no stylesheet of ours reaches: they are told what the page looks like.
function appearance(root) {
  const style = getComputedStyle(root);
  const variable = (name) => style.getPropertyValue(`--xendit-color-${name}`).trim();
  return {
    inputStyles: {
      fontFamily: style.fontFamily,
      fontSize: "14px", // as the SDK draws its other fields
      color: variable("text") || style.color,
      backgroundColor: variable("background") || "transparent",
    },
    placeholderStyles: { color: variable("text-placeholder") || "gray" },
  };
}

// What the SDK leaves out for screen readers (0.0.24): titles of its frames, and that its logos are decoration.
function describe(root) {
  const { titleNumber, titleExpiry, titleCvn, titleAction } = root.dataset;
  const titles = { credit_card_number: titleNumber, credit_card_expiry: titleExpiry, credit_card_cvn: titleCvn };
  const patch = () => {
    if (!root.isConnected) return watcher.disconnect();
    for (const frame of document.querySelectorAll(".xendit-iframe-container iframe:not([title]), iframe.xendit-action-iframe:not([title])"))
      frame.title = titles[new URL(frame.src).searchParams.get("input_type")] ?? titleAction;
    for (const logo of document.querySelectorAll("xendit-channel-picker img:not([alt])")) logo.alt = "";
  };
  const watcher = new MutationObserver(patch);
  watcher.observe(document.body, { childList: true, subtree: true });
}

// The server's word on the order, as the fragment that its own page polls. Undefined if it cannot be reached now.
async function askServer(root) {
  try {
    const response = await fetch(root.dataset.statusUrl, { headers: { "HX-Request": "true" }, cache: "no-store" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("[data-status]")?.dataset.status;
  } catch {
    return undefined;
  }
}

async function mount(root) {
  root.dataset.mounted = "";
  const key = takeKey(root);
  const { sdkUrl, pageUrl, resumeUrl } = root.dataset;
  const pay = root.querySelector("#components-pay");
  const alert = root.querySelector("#components-alert");
  const open = () => root.isConnected && !["dead", "complete", "broken", "leaving"].includes(root.dataset.state);

  // Refresh and Back come to an address that asks Xendit for this same payment, not to a shop that has forgotten it.
  if (location.pathname !== resumeUrl) history.pushState(null, "", resumeUrl);
  here = location.pathname;

  async function recheck() {
    const status = open() && (await askServer(root));
    if (!status || !open()) return;
    if (status === "expired" || status === "cancelled") show(root, "dead");
    else if (!["waiting", "pending_approval"].includes(status)) finish();
  }

  function finish() {
    show(root, "complete");
    location.assign(pageUrl);
  }

  function complain([title, ...lines]) {
    const paragraphs = [title, ...lines].map((text) => Object.assign(document.createElement("p"), { textContent: text }));
    paragraphs[0].className = "title";
    alert.replaceChildren(...paragraphs);
    alert.hidden = false;
  }

  let sdk;
  try {
    const { XenditComponents } = await import(sdkUrl); // once per page, however often the fragment comes
    sdk = new XenditComponents({
      componentsSdkKey: key,
      iframeFieldAppearance: appearance(root),
      ...("resume" in root.dataset && { resume: true }), // from 0.0.26 on; older SDKs look past it
    });
  } catch (error) {
    console.warn(error); // the key is not in it; a shopper is told in words
    return show(root, "broken");
  }

  // The SDK asks every 5 seconds or so; while the shopper waits for an answer, it is told to ask sooner.
  let nudging;
  const nudge = () => { try { sdk.pollImmediately(); } catch { /* between two states there is nothing to poll */ } };

  const on = {
    "init": () => {
      show(root, "ready");
      const left = sdk.getSession().expiresAt - Date.now();
      if (left > 0 && left < 2 ** 31) setTimeout(recheck, left + 1000); // an idle SDK would not notice
    },
    "submission-ready": () => { pay.disabled = false; },
    "submission-not-ready": () => { pay.disabled = true; },
    "submission-begin": () => { alert.hidden = true; show(root, "submitting"); },
    "submission-resume": () => show(root, "submitting"),
    "action-begin": () => { show(root, "acting"); clearInterval(nudging); nudging = setInterval(nudge, NUDGE_MS); },
    "action-end": () => { clearInterval(nudging); if (open()) show(root, "submitting"); },
    "will-redirect": () => show(root, "leaving"),
    "submission-end": ({ reason, userErrorMessage }) => {
      if (reason.startsWith("SESSION_")) return; // the session's own event says more
      show(root, "ready");
      // An error without words is an empty list; a shopper who closed the window needs none.
      if (userErrorMessage?.length) complain(userErrorMessage);
      else if (!reason.endsWith("_ABORTED")) complain([alert.dataset.title, alert.dataset.text]);
      if (reason === "REQUEST_FAILED") for (const wait of [0, 2 * WATCH_MS]) setTimeout(recheck, wait); // paid in another tab?
    },
    // The SDK stops asking after a page load (it has lost the attempt's id), so the page asks its own server.
    "session-pending": () => { show(root, "pending"); const watch = setInterval(() => (root.dataset.state === "pending" && root.isConnected ? recheck() : clearInterval(watch)), WATCH_MS); },
    "session-not-pending": () => { if (open()) show(root, "ready"); },
    "session-complete": finish,
    "session-expired-or-canceled": () => show(root, "dead"),
    "fatal-error": ({ message }) => { console.warn(message); show(root, "broken"); },
  };
  for (const [name, react] of Object.entries(on)) {
    sdk.addEventListener(name, (event) => {
      react(event);
      // For whoever looks on: the event's name and nothing else.
      root.dispatchEvent(new CustomEvent("components", { bubbles: true, detail: name }));
    });
  }

  describe(root);
  root.querySelector("#components-picker").replaceChildren(sdk.createChannelPickerComponent());
  const submit = () => { if (!pay.disabled && root.dataset.state === "ready") sdk.submit(); };
  pay.addEventListener("click", submit);
  root.querySelector("#components-stop").addEventListener("click", () => sdk.abortSubmission());
  // Enter in a field of the SDK's would load the page anew.
  root.querySelector("#components-picker").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) recheck(); });
}

let here = location.pathname;
const find = () => { for (const root of document.querySelectorAll("#components:not([data-mounted])")) mount(root); };
document.addEventListener("htmx:after:swap", find);
addEventListener("popstate", () => { if (location.pathname !== here) location.reload(); });
// From the back/forward cache comes a page whose SDK has gone to a wallet: load it, and so ask Xendit, again.
addEventListener("pageshow", (event) => { if (event.persisted && document.getElementById("components")) location.reload(); });
find();

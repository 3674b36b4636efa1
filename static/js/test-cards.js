// Test cards over the payment form. The card fields are frames that this page can't write into, but the SDK (0.0.24) has a
// message for its own "Simulate scenario" that fills them. Where that changes nothing, the number waits in the clipboard.
const FORM_PATIENCE_MS = 10_000; // as in shop.js
const PATIENCE_MS = 3000;
const STEP_MS = 200;
const FIELD = "xendit-payment-channel[data-channel-code=CARDS] .xendit-iframe-container";

const fields = () => [...document.querySelectorAll(FIELD)].map((field) => ({
  frame: field.querySelector("iframe"),
  sealed: field.querySelector("input[type=hidden]"),
}));

const step = () => new Promise((resolve) => { setTimeout(resolve, STEP_MS); });

// Open the section of cards, which is the picker's first.
function openCards() {
  const first = document.querySelector("xendit-channel-picker .xendit-accordion-item");
  if (first?.matches(".xendit-accordion-item-closed")) first.querySelector(".xendit-accordion-item-header").click();
}

let turn = 0; // the card that was pressed last fills the form

async function fill(scenario, mine) {
  if (!scenario) return false;
  const isOnItsWay = () => document.querySelector("#components[data-state=loading]");
  for (const end = Date.now() + FORM_PATIENCE_MS; mine === turn && isOnItsWay() && Date.now() < end;) await step();
  const before = new Set(fields().map(({ sealed }) => sealed.value));
  for (const end = Date.now() + PATIENCE_MS; mine === turn && Date.now() < end;) {
    if (!fields().length) openCards();
    for (const { frame, sealed } of fields()) {
      if (!before.has(sealed.value) && sealed.value) continue; // this one is filled
      frame?.contentWindow.postMessage({ type: "xendit-iframe-populate-for-simulation", scenario }, new URL(frame.src).origin);
    }
    await step();
    if (fields().length && fields().every(({ sealed }) => sealed.value && !before.has(sealed.value))) return true;
  }
  return false;
}

async function use(chip) {
  const mine = ++turn;
  const { filled, copied, typed } = chip.closest(".test-cards").dataset;
  const { number, scenario, card } = chip.dataset;
  const said = document.getElementById("test-card-said");
  said.textContent = "";
  const isCopied = await navigator.clipboard?.writeText(number).then(() => true, () => false);
  const isFilled = await fill(scenario, mine);
  if (mine === turn) said.textContent = isFilled ? filled : `${isCopied ? copied : typed} ${card}`;
}

// Nothing hears a press before this script is there.
function enable() {
  for (const chip of document.querySelectorAll(".test-card:disabled")) chip.disabled = false;
}

document.addEventListener("click", ({ target }) => {
  const chip = target.closest(".test-card");
  if (chip) use(chip);
});
document.addEventListener("htmx:after:swap", enable);
enable();

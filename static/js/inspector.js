// Behind the counter: copying, the window of its own, where code opens, printing, resting. Comes only with the panel; holds no words of its own.
const copied = () => document.querySelector("[data-copied]")?.dataset.copied ?? "✓";

// Without HTTPS there is no clipboard: select the text, so that the keyboard can copy it.
async function copy(source, text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}

async function onCopy(button) {
  const source = document.getElementById(button.dataset.copy);
  const shown = source.value ?? source.textContent;
  const text = "bare" in button.dataset ? shown.replaceAll(" ", "") : shown;
  if (!(await copy(source, text))) return;
  const label = button.textContent;
  if (label === copied()) return;
  button.textContent = copied();
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = copied();
  setTimeout(() => { button.textContent = label; }, 1500); // a poll may have put it back already
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) onCopy(button);
  if (event.target.closest("[data-print]")) print();
  const link = event.target.closest("a[data-popout]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    if (open(link.href, link.target, "popup,width=960,height=900")) event.preventDefault();
  }
});

// A window that nobody sees asks nothing: its next poll comes when it is seen again.
document.addEventListener("htmx:config:request", (event) => {
  if (document.hidden && event.target.id === "inspector") event.preventDefault();
});

// Code opens at its first marked line; the address of its own page does the same.
document.addEventListener("htmx:after:swap", () => {
  for (const code of document.querySelectorAll(".source-view:not([data-opened]) .source")) {
    code.closest(".source-view").dataset.opened = "";
    code.scrollTop = (code.querySelector(".payload")?.offsetTop ?? 0) - 40;
  }
});

// What is folded is printed too, and folded again afterwards.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll(".inspector details:not([open])")];
  for (const details of unfolded) details.open = true;
});
addEventListener("afterprint", () => { for (const details of unfolded) details.open = false; });

document.documentElement.dataset.inspector = "";

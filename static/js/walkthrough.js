// The presenter's clock, and the arrow keys for Next and Back. Without it both are buttons, and the time stands still.
const shown = () => document.querySelector("[data-began]");

setInterval(() => {
  const clock = shown();
  if (!clock) return;
  const seconds = Math.max(0, Math.floor(Date.now() / 1000 - clock.dataset.began));
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}, 1000);

// Only where an arrow means nothing else: fields, lists of choices, code that scrolls.
const OTHERS = "input, select, textarea, pre, iframe, audio, video, [contenteditable], [role=radio], [role=tab]";

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest?.(OTHERS)) return;
  const way = document.querySelector(`[data-key="${event.key}"]`);
  if (!way) return;
  event.preventDefault();
  way.click();
});

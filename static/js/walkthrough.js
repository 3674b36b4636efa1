// The presenter's clock, and the arrow keys for Next and Back. Without it both are buttons, and the time stands still.
// It counts on from the seconds that the server sent: the two may not agree about the time of day.
let known = "";
let since = 0;

function tick() {
  const clock = document.querySelector("[data-began]");
  if (!clock) return;
  const { began, elapsed } = clock.dataset;
  if (known !== `${began} ${elapsed}`) [known, since] = [`${began} ${elapsed}`, Date.now() - elapsed * 1000];
  const seconds = Math.floor((Date.now() - since) / 1000);
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
tick();
setInterval(tick, 1000);

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

// Ticks of a list: the page's at once, ranges with Shift, a count; kept when the list is fetched anew.
import { everyOne } from "./parts.js";
import { between, extent } from "./selection.js";
import { say } from "./words.js";

const TICK = 'input[name="ids"][form="bulk"]';

let last = -1;
let kept = [];

const ticks = () => [...document.querySelectorAll(TICK)];

function show() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const rows = ticks();
  const count = rows.filter((tick) => tick.checked).length;
  const all = bar.querySelector("[data-bulk-all]");
  if (all && !count) all.checked = false;
  bar.querySelector("[data-bulk-count]").textContent = all?.checked ? say("allChosen") : say("chosen", { count });
  const page = document.querySelector("[data-pick-page]");
  const reach = extent(count, rows.length);
  page.checked = reach === "all";
  page.indeterminate = reach === "some";
}

function ticked(tick, withShift) {
  const rows = ticks();
  const place = rows.indexOf(tick);
  if (withShift) for (const one of between(last, place)) rows[one].checked = tick.checked;
  last = place;
}

function clicked(event) {
  const tick = event.target;
  if (tick.matches?.(TICK)) ticked(tick, event.shiftKey);
  else if (tick.matches?.("[data-pick-page]")) for (const one of ticks()) one.checked = tick.checked;
  else if (!tick.matches?.("[data-bulk-all]")) return;
  show();
}

// A reset empties the ticks only after everybody has heard of it.
function emptied(event) {
  if (!event.target.matches("[data-bulk]")) return;
  last = -1;
  setTimeout(() => {
    show();
    document.querySelector("[data-pick-page]")?.focus();
  });
}

function remember() {
  kept = ticks().filter((tick) => tick.checked).map((tick) => tick.value);
}

function restore() {
  for (const tick of ticks()) if (kept.includes(tick.value)) tick.checked = true;
  kept = [];
  last = -1;
  show();
}

// Without this script a dialog stands open in the page; shown, it keeps the focus.
function showNow(dialog) {
  dialog.close();
  dialog.showModal();
}

export function startBulk() {
  document.addEventListener("click", clicked);
  document.addEventListener("reset", emptied);
  document.addEventListener("htmx:beforeSwap", (event) => event.detail.target?.id === "list" && remember());
  document.addEventListener("htmx:afterSettle", restore);
  addEventListener("pageshow", show);
  everyOne("dialog[data-dialog-now]", showNow);
}

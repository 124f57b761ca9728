// The open button after its answer: "Opened 13:05:02" stays a moment, then it can be pressed again.
import { everyOne } from "./parts.js";

const SHOW_RESULT = 6_000;

function rest(control) {
  control.dataset.state = "idle";
  const tile = control.closest(".door-tile");
  if (tile) heedTile(tile);
}

function settle(control) {
  if (control.dataset.state !== "opened") return;
  setTimeout(() => control.isConnected && rest(control), SHOW_RESULT);
}

// The tile's live part says whether the door can be opened; the button stands outside of it.
function heedTile(tile) {
  const live = tile.querySelector("[data-openable]");
  const control = tile.querySelector("[data-open-control]");
  const button = control?.querySelector(".open-button");
  if (!live || !button || control.dataset.state !== "idle" || button.matches(".htmx-request")) return;
  button.disabled = live.dataset.openable !== "yes";
}

export function startDoors() {
  everyOne("[data-open-control]", settle);
  everyOne("[data-openable]", (live) => heedTile(live.closest(".door-tile") ?? live));
}

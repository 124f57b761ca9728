// Files to send: one that is too large is said to be so before it is sent.
import { toast } from "./floating.js";
import { say } from "./words.js";

// As the server takes them, in bytes.
const LARGEST = 20 * 2 ** 20;

function chosen(event) {
  const field = event.target;
  if (!field.matches?.("input[type=file]")) return;
  const largest = Number(field.dataset.largest) || LARGEST;
  if (![...field.files].some((file) => file.size > largest)) return;
  field.value = "";
  toast(say("fileTooLarge", { size: Math.floor(largest / 2 ** 20) }), "error");
}

export function startFiles() {
  // Before anybody else hears of the choice.
  document.addEventListener("change", chosen, true);
}

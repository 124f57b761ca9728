// Files to send: chosen or dropped; one that is too large is said to be so before it is sent.
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

// The field that takes a file dropped anywhere on its form.
function fieldUnder(event) {
  if (!event.dataTransfer?.types.includes("Files")) return null;
  return event.target.closest?.("form")?.querySelector("input[type=file][data-drop]") ?? null;
}

function dragged(event) {
  const field = fieldUnder(event);
  if (!field) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  field.classList.add("dropping");
}

function draggedAway(event) {
  const field = fieldUnder(event);
  if (!field || field.form.contains(event.relatedTarget)) return;
  field.classList.remove("dropping");
}

function dropped(event) {
  const field = fieldUnder(event);
  if (!field) return;
  event.preventDefault();
  field.classList.remove("dropping");
  const taken = new DataTransfer();
  const { files } = event.dataTransfer;
  if (!files.length) return;
  for (const file of field.multiple ? files : [files[0]]) taken.items.add(file);
  field.files = taken.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

export function startFiles() {
  document.addEventListener("dragover", dragged);
  document.addEventListener("dragleave", draggedAway);
  document.addEventListener("drop", dropped);
  // Before anybody else hears of the choice.
  document.addEventListener("change", chosen, true);
}

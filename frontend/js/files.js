// Files to send: chosen or dropped; one that is too large is said to be so before it is sent.
import { say } from "./words.js";

// As the server takes them, in bytes.
const LARGEST = 20 * 2 ** 20;

function chosen(event) {
  const field = event.target;
  if (!field.matches?.("input[type=file]")) return;
  const largest = Number(field.dataset.largest) || LARGEST;
  const tooLarge = [...field.files].some((file) => file.size > largest);
  if (tooLarge) field.value = "";
  object(field, tooLarge ? say("fileTooLarge", { size: Math.floor(largest / 2 ** 20) }) : "");
}

// Says below a field what is wrong with the choice, until another is made.
function object(field, words) {
  const id = `${field.id}_too_large`;
  const before = document.getElementById(id);
  before?.remove();
  if (before) field.classList.remove("is-invalid");
  if (!words) return;
  const below = document.createElement("p");
  Object.assign(below, { id, className: "invalid-feedback d-block", textContent: words });
  below.setAttribute("role", "alert");
  field.classList.add("is-invalid");
  field.after(below);
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

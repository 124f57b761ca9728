// A button that copies a field, and says so.
import { say } from "./words.js";

const SAY_FOR = 2_500;

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.querySelector("[data-copy-word]");
  const usual = (button.dataset.usual ??= words.textContent);
  field.select();
  // Browsers give the clipboard only to pages of https and of this machine.
  const done = await (navigator.clipboard?.writeText(field.value) ?? Promise.reject()).then(() => true, () => false);
  words.textContent = say(done ? "copied" : "copyFailed");
  setTimeout(() => {
    words.textContent = usual;
  }, SAY_FOR);
}

export function startCopying() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
}

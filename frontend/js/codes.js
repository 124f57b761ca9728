// Fields for codes: whatever is pasted, its digits remain.
import { everyOne } from "./parts.js";

export function digitsOf(text, count) {
  return text.replace(/\D/g, "").slice(0, count);
}

export function startCodes() {
  everyOne("input[data-code]", (field) => {
    field.addEventListener("input", () => {
      field.value = digitsOf(field.value, Number(field.dataset.code));
    });
  });
}

// Forms that take work: leaving warns of what is not saved, Ctrl-Enter saves, a fault leads to its field.
const GUARDED = "form.form-page[method=post]";
// Drawn anew each time, and nothing anybody typed.
const NOT_TYPED = new Set(["csrfmiddlewaretoken", "once", "version"]);

const drawn = new WeakMap();

function typedIn(form) {
  const pairs = [...new FormData(form)].filter(([name]) => !NOT_TYPED.has(name));
  return JSON.stringify(pairs.map(([name, value]) => [name, value instanceof File ? `${value.name} ${value.size}` : value]));
}

// What came back with faults or with a question was typed before, and is saved nowhere.
function isUnsaved(form) {
  if (form.dataset.sent || !drawn.has(form)) return false;
  return form.querySelector("[data-error-summary], [data-unsaved]") !== null || typedIn(form) !== drawn.get(form);
}

function leaving(event) {
  if ([...document.querySelectorAll(GUARDED)].some(isUnsaved)) event.preventDefault();
}

// Whoever clicks Cancel has already decided.
function left(event) {
  if (event.target.closest("[data-leave]")) removeEventListener("beforeunload", leaving);
}

function pressed(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.(GUARDED) ?? document.querySelector(GUARDED);
  const deed = form?.querySelector("button.btn-primary[type=submit]");
  if (!deed || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  form.requestSubmit(deed);
}

// A picker or a week editor stands in the place of a field that is hidden.
function standIn(field) {
  const typed = document.getElementById(`${field.id}_typed`);
  return typed ?? field.closest("[data-week-editor]")?.querySelector("input:not([type=hidden]), select, button") ?? field;
}

function followFault(event) {
  const link = event.target.closest('[data-error-summary] a[href^="#"]');
  const field = link && document.getElementById(link.getAttribute("href").slice(1));
  if (!field) return;
  event.preventDefault();
  const target = field.checkVisibility() ? field : standIn(field);
  target.focus();
  target.scrollIntoView({ block: "center" });
}

export function startForms() {
  for (const form of document.querySelectorAll(GUARDED)) drawn.set(form, typedIn(form));
  addEventListener("beforeunload", leaving);
  document.addEventListener("click", left);
  document.addEventListener("click", followFault);
  document.addEventListener("keydown", pressed);
}

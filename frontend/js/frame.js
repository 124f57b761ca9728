// The frame: menu as a drawer or folded, rows that open on click, forms that send themselves.
import { keep, recall } from "./appearance.js";

const WAIT_WHILE_TYPING = 350;

function showSide(shown) {
  document.body.classList.toggle("side-shown", shown);
  document.querySelector(".frame-body").inert = shown;
  const target = shown ? ".side-close" : ".side-open";
  document.querySelector(target)?.focus();
}

function foldSide(button) {
  const folded = recall("side", "open") !== "folded";
  keep("side", folded ? "folded" : "open");
  document.documentElement.dataset.side = folded ? "folded" : "open";
  button.setAttribute("aria-pressed", folded);
}

// A long menu begins where one is, and not at its top. `scrollIntoView` would have Tab begin there, past the skip link.
function showPlace() {
  const here = document.querySelector(".side-link[aria-current]");
  const menu = here?.closest(".side-menu");
  if (menu) menu.scrollTop += Math.max(0, here.getBoundingClientRect().bottom - menu.getBoundingClientRect().bottom);
}

// A click anywhere on a row follows its first link, unless one meant something else.
function openRow(event) {
  const row = event.target.closest("tr[data-row]");
  if (!row || event.target.closest("a, button, input, label, select") || String(getSelection())) return;
  const link = row.querySelector("td:first-child a[href]");
  if (!link) return;
  if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
  else link.click();
}

function clicked(event) {
  if (event.target.closest("[data-side-open]")) showSide(true);
  else if (event.target.closest("[data-side-close]")) showSide(false);
  else if (event.target.closest("[data-side-fold]")) foldSide(event.target.closest("button"));
  else openRow(event);
}

function pressed(event) {
  if (event.key === "Escape" && document.body.classList.contains("side-shown")) showSide(false);
}

let waiting;

function sendForm(event) {
  const form = event.target.closest?.("form[data-auto-submit]");
  if (!form || event.target.matches(".picker-input")) return;
  clearTimeout(waiting);
  const typing = event.target.matches("input[type=search], input[type=text]");
  if (event.type === "input" && !typing) return;
  if (event.type === "change" && typing) return;
  waiting = setTimeout(() => form.requestSubmit(), typing ? WAIT_WHILE_TYPING : 0);
}

// Empty fields stay out of the address, so that a list can be sent to a colleague.
function leaveOutEmpty(event) {
  const form = event.target;
  if (!form.matches("form[data-auto-submit]")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
}

function once(event) {
  if (event.defaultPrevented || !event.target.matches("form[data-once]")) return;
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
}

// Coming back with the browser's arrow shows the page as it was left, marked as sent.
function cameBack() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
}

export function startFrame() {
  document.querySelector("[data-side-fold]")?.setAttribute("aria-pressed", recall("side", "open") === "folded");
  showPlace();
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", pressed);
  document.addEventListener("input", sendForm);
  document.addEventListener("change", sendForm);
  document.addEventListener("formdata", leaveOutEmpty);
  document.addEventListener("submit", once);
  addEventListener("pageshow", cameBack);
  // What is wrong goes before where one has arrived.
  (document.querySelector("[data-error-summary]") ?? document.querySelector("[data-focus-now]"))?.focus();
}

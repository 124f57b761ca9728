// Menus, dialogs and toasts.
import { isPart } from "./live.js";
import { mayWorkLater } from "./looks.js";
import { element, icon } from "./parts.js";
import { say } from "./words.js";

const TOAST_STAYS = 6_000;
const EDGE = 8;
const GAP = 6;

function placeMenu(panel) {
  const button = document.querySelector(`[popovertarget="${panel.id}"]`);
  if (!button) return;
  const anchor = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const fromRight = anchor.left + width > innerWidth - EDGE;
  const left = fromRight ? anchor.right - width : anchor.left;
  const below = anchor.bottom + GAP;
  const above = anchor.top - height - GAP;
  // Where it fits neither below nor above, it covers its button; a button may be off the screen.
  const lowest = innerHeight - height - EDGE;
  const top = below <= lowest || above < EDGE ? below : above;
  panel.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  panel.style.top = `${Math.max(EDGE, Math.min(top, lowest))}px`;
}

function settleMenu(panel) {
  placeMenu(panel);
  panel.querySelector("input:not([type=hidden]), a, button")?.focus({ preventScroll: true });
}

function toggled(event) {
  if (event.target.matches?.("[data-menu]") && event.newState === "open") settleMenu(event.target);
}

// What a menu holds may be fetched when it is opened.
function swapped(event) {
  if (event.target.matches?.("[data-menu]:popover-open")) settleMenu(event.target);
}

// A phone that is turned moves the button away from its menu.
function resized() {
  document.querySelectorAll("[data-menu]:popover-open").forEach(placeMenu);
}

// Arrows walk through an open menu.
function walked(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const panel = event.target.closest?.("[data-menu]");
  if (!step || !panel) return;
  const items = [...panel.querySelectorAll(".menu-item, input[type=search]")].filter((item) => item.offsetParent);
  const place = items.indexOf(document.activeElement);
  items[(place + step + items.length) % items.length]?.focus();
  event.preventDefault();
}

function clicked(event) {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    opener.closest("[popover]")?.hidePopover();
    document.getElementById(opener.dataset.dialogOpen)?.showModal();
    return;
  }
  const backdrop = event.target.matches("dialog.dialog");
  if (backdrop || event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
}

function filtered(event) {
  const list = event.target.matches?.("[data-filter-list]") && document.querySelector(event.target.dataset.filterList);
  if (!list) return;
  const typed = event.target.value.trim().toLowerCase();
  for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(typed);
}

function settleToast(toast) {
  const close = element("button", { type: "button", class: "chip-x", "aria-label": say("close") }, icon("x"));
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  // What went wrong stays until it was read, what leads on until one has made up one's mind.
  if (toast.dataset.toast === "error" || toast.querySelector("form, a")) return;
  let timer = setTimeout(() => toast.remove(), TOAST_STAYS);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(() => toast.remove(), TOAST_STAYS);
  });
}

// `link` is where to go on: its url and what it says.
export function toast(message, level = "info", link = null) {
  const way = link && element("a", { href: link.url }, link.words);
  const note = element("div", { class: "toast-note", "data-toast": level }, element("span", {}, message), way);
  document.getElementById("toasts").append(note);
  settleToast(note);
}

export function startFloating() {
  document.addEventListener("toggle", toggled, true);
  document.addEventListener("htmx:afterSwap", swapped);
  document.addEventListener("keydown", walked);
  addEventListener("resize", resized);
  document.addEventListener("click", clicked);
  document.addEventListener("input", filtered);
  document.querySelectorAll(".toast-note").forEach(settleToast);
  // The server says it with the header HX-Trigger: {"toast": {"message": "…", "level": "success"}}.
  document.addEventListener("toast", (event) => toast(event.detail.message ?? event.detail.value, event.detail.level));
  document.addEventListener("htmx:sendError", ({ detail }) => looksAgain(detail) || toast(say("notSent"), "error"));
  document.addEventListener("htmx:responseError", ({ detail }) => looksAgain(detail) || tellFault(detail.xhr));
}

// Nobody asked for it, and it is asked again by itself.
function looksAgain({ elt, xhr }) {
  return isPart(elt) && mayWorkLater(xhr.status);
}

// A refusal that brings its own sentence needs no second one.
function tellFault(answer) {
  if (answer.getResponseHeader("HX-Trigger")?.includes("toast")) return;
  if (answer.status === 401) toast(say("pageEnded"), "error");
  else toast(say(answer.status >= 500 ? "serverFault" : "refused"), "error");
}

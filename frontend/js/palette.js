// Search everything from anywhere: a dialog with a field and, below it, what is found as one types.
import { say } from "./words.js";

const WAIT_WHILE_TYPING = 150;

class Palette {
  constructor(dialog) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.input = dialog.querySelector("[role=combobox]");
    this.list = dialog.querySelector("[role=listbox]");
    this.said = dialog.querySelector("[role=status]");
    this.active = -1;
    this.options = [];
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.list.addEventListener("pointermove", (event) => this.pointed(event));
    // The field keeps the focus; a click on an option follows it as a link.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    dialog.addEventListener("close", () => this.closed());
  }

  open() {
    if (this.dialog.open) return;
    for (const panel of document.querySelectorAll(":popover-open")) panel.hidePopover();
    this.dialog.showModal();
    this.input.focus();
    this.ask();
  }

  // What was typed may be a card number: it stays no longer than the dialog.
  closed() {
    this.stop();
    this.form.reset();
    this.show("");
  }

  stop() {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.asking?.abort();
    this.asking = null;
    this.hurried = false;
  }

  typed() {
    this.stop();
    this.waiting = setTimeout(() => this.ask(), WAIT_WHILE_TYPING);
  }

  // Only the answer to what stands in the field now is shown.
  async ask({ hurried = false } = {}) {
    this.stop();
    this.hurried = hurried;
    const asking = new AbortController();
    this.asking = asking;
    this.list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.dialog.dataset.palette, { method: "POST", body: new URLSearchParams(new FormData(this.form)), signal: asking.signal });
      const found = await answer.text();
      if (asking.signal.aborted) return;
      if (answer.redirected || answer.status === 403) this.fail(say("pageEnded"));
      else if (!answer.ok) this.fail(say("serverFault"));
      else this.answered(found);
    } catch {
      if (!asking.signal.aborted) this.fail(say("notSent"));
    }
  }

  answered(found) {
    this.asking = null;
    this.show(found);
    if (this.hurried) this.go();
  }

  fail(words) {
    this.asking = null;
    this.hurried = false;
    this.show("");
    this.said.textContent = words;
  }

  show(found) {
    this.list.innerHTML = found;
    this.list.removeAttribute("aria-busy");
    const said = this.list.querySelector("[data-palette-said]");
    this.said.textContent = said?.content.textContent.trim() ?? "";
    said?.remove();
    this.options = [...this.list.querySelectorAll("[role=option]")];
    this.options.forEach((option, place) => {
      option.id = `palette-option-${place}`;
    });
    this.input.setAttribute("aria-expanded", this.options.length > 0);
    this.list.scrollTop = 0;
    this.point(this.options.length && this.input.value.trim() ? 0 : -1);
  }

  point(place) {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = place;
    const option = this.options[place];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  pointed(event) {
    const place = this.options.indexOf(event.target.closest("[role=option]"));
    if (place >= 0 && place !== this.active) this.point(place);
  }

  move(steps) {
    const count = this.options.length;
    if (!count) return;
    const from = this.active < 0 && steps < 0 ? 0 : this.active;
    this.point((from + steps + count) % count);
  }

  pressed(event) {
    if (event.isComposing) return;
    const moves = { ArrowDown: () => this.move(1), ArrowUp: () => this.move(-1), Enter: () => this.go(event.ctrlKey || event.metaKey) };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  // A reader types a card number and Enter faster than any answer comes: then the answer is followed.
  go(elsewhere = false) {
    if (this.waiting) {
      this.ask({ hurried: true });
      return;
    }
    if (this.asking) {
      this.hurried = true;
      return;
    }
    const option = this.options[this.active];
    if (option && elsewhere) open(option.href, "_blank", "noopener");
    else if (option) location.assign(option.href);
    else if (this.input.value.trim() && !this.options.length) this.form.requestSubmit();
  }
}

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const palette = new Palette(dialog);
  for (const opener of document.querySelectorAll("[data-palette-open]")) {
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-haspopup", "dialog");
  }
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette-open]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    palette.open();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    const elsewhere = document.querySelector("dialog:modal:not(#palette)");
    if (!(slash || k) || elsewhere) return;
    event.preventDefault();
    palette.open();
  });
}

// A select that filters as one types; the select itself stays and carries the value.
import { SHOWN, matching } from "./choices.js";
import { element, everyOne, freshId, icon } from "./parts.js";
import { say } from "./words.js";

const WAIT_BEFORE_ASKING = 200;

class Picker {
  constructor(select) {
    this.select = select;
    this.multiple = select.multiple;
    this.active = -1;
    this.shown = [];
    // Whether no answer came to what was asked last.
    this.failed = false;
    this.build();
    this.showChosen();
    this.listen();
  }

  build() {
    const id = freshId("picker");
    const label = this.select.labels[0];
    const name = label?.textContent.replace("*", "").trim() ?? this.select.getAttribute("aria-label");
    this.list = element("ul", { class: "picker-list", role: "listbox", id, hidden: true, "aria-label": name, "aria-multiselectable": this.multiple ? "true" : false });
    this.input = element("input", {
      class: "picker-input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list", "aria-label": name,
      id: `${this.select.id || id}_typed`,
      "aria-describedby": this.select.getAttribute("aria-describedby"),
      disabled: this.select.disabled,
    });
    this.box = element("div", { class: "picker-box" }, this.input);
    const arrow = icon("chevron-down");
    arrow.classList.add("picker-arrow");
    const faulty = this.select.matches(".is-invalid, [aria-invalid]");
    this.input.setAttribute("aria-invalid", faulty);
    this.root = element("div", { class: faulty ? "picker picker-invalid" : "picker" }, this.box, arrow, this.list);
    this.select.after(this.root);
    this.select.hidden = true;
    // A hidden field cannot show the browser's own complaint; the server says it at the field.
    this.select.required = false;
    if (label) label.htmlFor = this.input.id;
  }

  listen() {
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
    this.box.addEventListener("mousedown", (event) => this.pointed(event));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[data-place]");
      if (option) this.choose(this.shown[Number(option.dataset.place)]);
    });
    this.select.addEventListener("change", () => this.showChosen());
    this.whole()?.addEventListener("change", () => this.wholeChanged());
    // The link of an error summary leads to the select's id.
    this.select.addEventListener("focus", () => this.input.focus());
  }

  pointed(event) {
    if (event.target.closest(".chip-x")) return;
    if (event.target !== this.input) {
      event.preventDefault();
      this.input.focus();
    }
    this.open();
  }

  // The field of the same form whose value the options must belong to, such as the company of groups.
  whole() {
    return this.select.form?.elements.namedItem(this.select.dataset.within ?? "");
  }

  fits(option) {
    const whole = this.whole()?.value;
    return !whole || !option.dataset.of || option.dataset.of === whole;
  }

  wholeChanged() {
    for (const option of this.select.selectedOptions) if (!this.fits(option)) this.drop(option);
  }

  options() {
    return [...this.select.options]
      .filter((option) => (option.value !== "" || !this.multiple) && this.fits(option))
      .map((option) => ({ option, label: option.text, hint: option.dataset.hint }));
  }

  typed() {
    this.open(this.input.value);
    if (!this.address || !this.input.value) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(this.input.value), WAIT_BEFORE_ASKING);
  }

  // Where the options of very many are asked for.
  get address() {
    return this.select.dataset.searchUrl;
  }

  async ask(typed) {
    const url = new URL(this.address, location.href);
    url.searchParams.set("q", typed);
    const of = this.whole()?.value ?? "";
    if (of) url.searchParams.set("of", of);
    const found = await fetchedFrom(url);
    for (const one of found ?? []) this.learn(one);
    this.answered = { typed, of };
    this.failed = found === null;
    if (this.list.hidden || this.sought !== typed) return;
    const active = this.shown[this.active]?.option;
    this.open(typed);
    const place = this.shown.findIndex(({ option }) => option === active);
    if (place >= 0) this.active = place;
    this.point();
  }

  // Say whether the answer to what is typed is there: what was not asked yet is not missing.
  knows(typed) {
    const { answered } = this;
    return !this.address || (answered?.typed === typed && answered.of === (this.whole()?.value ?? ""));
  }

  learn({ value, label, hint, of }) {
    if ([...this.select.options].some((option) => option.value === String(value))) return;
    const option = new Option(label, value);
    if (hint) option.dataset.hint = hint;
    if (of) option.dataset.of = of;
    this.select.add(option);
  }

  open(typed = "") {
    this.sought = typed;
    // The first of very many are there without typing.
    if (!typed && this.list.hidden && (this.failed || !this.knows(typed))) this.ask(typed);
    const found = matching(this.options(), typed);
    this.shown = found.slice(0, SHOWN);
    this.active = this.shown.length && typed ? 0 : this.shown.findIndex(({ option }) => !this.multiple && option.selected);
    const rows = this.shown.map((choice, place) => this.row(choice, place));
    const remark = this.remarkOn(found.length, typed);
    if (remark) rows.push(this.remark(remark));
    this.list.replaceChildren(...rows);
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.point();
  }

  remarkOn(count, typed) {
    if (!count && !this.knows(typed)) return say("searching");
    if (!count) return say(this.failed ? "notSent" : "noMatch");
    if (this.address) return typed && count < SHOWN ? "" : say("typeToFind");
    return count > SHOWN ? say("moreMatches", { count: count - SHOWN }) : "";
  }

  row({ option, label, hint }, place) {
    const attributes = { class: "picker-option", role: "option", id: `${this.list.id}-${place}`, "data-place": place, "aria-selected": option.selected };
    return element("li", attributes, label || "–", hint ? element("small", {}, hint) : null);
  }

  remark(words) {
    return element("li", { class: "picker-option picker-none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, words);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.showChosen();
  }

  point() {
    this.list.querySelector(".picker-active")?.classList.remove("picker-active");
    const row = this.list.querySelector(`[data-place="${this.active}"]`);
    if (!row) return;
    row.classList.add("picker-active");
    row.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row.id);
  }

  move(steps) {
    if (this.list.hidden) this.open();
    if (!this.shown.length) return;
    this.active = (this.active + steps + this.shown.length) % this.shown.length;
    this.point();
  }

  pressed(event) {
    if (event.key === "ArrowDown") this.move(1);
    else if (event.key === "ArrowUp") this.move(this.active < 0 ? 0 : -1);
    else if (event.key === "Enter" && !this.list.hidden && this.shown[this.active]) this.choose(this.shown[this.active]);
    else if (event.key === "Escape" && !this.list.hidden) this.close();
    else if (event.key === "Backspace" && this.multiple && !this.input.value) this.dropLast();
    else return;
    event.preventDefault();
  }

  choose({ option }) {
    option.selected = this.multiple ? !option.selected : true;
    this.changed();
    if (this.multiple) this.open();
    else this.close();
  }

  dropLast() {
    const last = [...this.select.selectedOptions].at(-1);
    if (last) this.drop(last);
  }

  drop(option) {
    option.selected = false;
    this.changed();
  }

  changed() {
    this.input.value = "";
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  showChosen() {
    const chosen = [...this.select.selectedOptions].filter((option) => option.value !== "");
    if (!this.multiple) {
      this.input.value = chosen[0]?.text ?? "";
      this.input.placeholder = this.select.dataset.placeholder ?? "";
      return;
    }
    if (this.list.hidden) this.input.value = "";
    for (const chip of this.box.querySelectorAll(".chip")) chip.remove();
    this.input.before(...chosen.map((option) => this.chip(option)));
    this.input.placeholder = chosen.length ? "" : (this.select.dataset.placeholder ?? "");
  }

  chip(option) {
    const drop = element("button", { type: "button", class: "chip-x", "aria-label": say("chosenRemove", { name: option.text }) }, icon("x"));
    drop.addEventListener("click", () => {
      this.drop(option);
      this.input.focus();
    });
    return element("span", { class: "chip" }, option.text, drop);
  }
}

// What an address answers, or null where nothing came that can be read.
async function fetchedFrom(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

export function startPickers() {
  everyOne("select[data-picker]", (select) => new Picker(select));
}

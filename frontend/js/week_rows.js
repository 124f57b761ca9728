// The typed side of the week editor: one row a window, with days, start and end.
import { element, freshId, icon } from "./parts.js";
import { crossesMidnight, fault, opensOnce, typedTime } from "./week.js";
import { DAY_NAMES, DAY_SHORT, say } from "./words.js";

function dayBox(day, checked) {
  const box = element("input", { type: "checkbox", value: day, checked, "aria-label": DAY_NAMES[day] });
  return element("label", {}, box, element("span", { "aria-hidden": "true" }, DAY_SHORT[day].slice(0, 2)));
}

function timeBox(value, faultId) {
  return element("input", {
    class: "form-control",
    type: "text",
    inputmode: "numeric",
    maxlength: 8,
    value,
    placeholder: "00:00",
    "aria-describedby": faultId,
  });
}

const ALL_DAYS = [0, 1, 2, 3, 4, 5, 6];
const REPEATS = ["weekly", "daily", "never"];

function repeatOf(window) {
  if (opensOnce(window)) return "never";
  return window.days.length === 7 ? "daily" : "weekly";
}

function repeatBox(chosen) {
  const box = element("select", { class: "form-select" });
  box.append(...REPEATS.map((name) => element("option", { value: name, selected: name === chosen }, say(`${name}Repeat`))));
  return box;
}

function momentBox(value, faultId) {
  return element("input", { class: "form-control", type: "datetime-local", value, "aria-describedby": faultId });
}

// What was typed where no time can be read stays to be mended.
function typedOr(text) {
  return typedTime(text) ?? text;
}

class Row {
  constructor(window, place, changed, removed) {
    this.base = place.base;
    const faultId = freshId("hours");
    const once = opensOnce(window);
    this.repeat = repeatBox(repeatOf(window));
    this.begin = momentBox(once ? window.start : "", faultId);
    this.finish = momentBox(once ? window.end : "", faultId);
    this.days = element("div", { class: "week-row-days", role: "group" });
    this.days.append(...DAY_NAMES.map((_, day) => dayBox(day, window.days.includes(day))));
    this.start = timeBox(once ? "" : window.start, faultId);
    this.end = timeBox(once ? "" : window.end, faultId);
    this.next = element("span", { class: "week-next-day" }, say("nextDay"));
    this.fault = element("p", { class: "week-row-fault", id: faultId, role: "status" });
    this.name = element("span", { class: "week-row-name" });
    this.remove = element("button", { type: "button", class: "icon-button" }, icon("trash"));
    const head = element("div", { class: "week-row-head" }, this.name, this.repeat, this.remove);
    this.times = element("div", { class: "week-row-times" }, this.start, say("to"), this.end, this.next);
    this.moments = element("div", { class: "week-row-moments" }, this.begin, say("to"), this.finish);
    this.node = element("div", { class: "week-row" }, head, this.days, this.times, this.moments, this.fault);
    this.told = [];
    this.node.addEventListener("input", () => {
      this.told = [];
      changed();
    });
    this.node.addEventListener("change", (event) => this.settle(event.target));
    this.remove.addEventListener("click", () => removed(this));
    this.number(place.number);
    this.judge();
  }

  // What the server found wrong with these hours, until somebody types here.
  tell(faults) {
    this.told = faults.map(({ field, text }) => ({ field: document.getElementById(field), text }));
    this.judge();
  }

  // What is wrong with hours is told by their number.
  number(row) {
    this.name.textContent = say("hoursOfRow", { row });
    const parts = { repeat: "repeatOfRow", begin: "beginOfRow", finish: "finishOfRow", days: "daysOfRow" };
    Object.assign(parts, { start: "startOfRow", end: "endOfRow", remove: "removeRow" });
    for (const [part, words] of Object.entries(parts)) this[part].setAttribute("aria-label", say(words, { row }));
    this.place = `${this.base}_${row}`;
    this.repeat.id = `${this.place}_repeat`;
    this.days.querySelector("input").id = `${this.place}_days`;
  }

  // Links to what is wrong find the fields that are shown.
  identify(once) {
    const times = [this.start, this.end];
    const moments = [this.begin, this.finish];
    const [shown, hidden] = once ? [moments, times] : [times, moments];
    ["start", "end"].forEach((name, place) => {
      hidden[place].removeAttribute("id");
      shown[place].id = `${this.place}_${name}`;
    });
  }

  // Added and left alone, it says nothing.
  get isEmpty() {
    const fields = this.repeat.value === "never" ? [this.begin, this.finish] : [this.start, this.end];
    return fields.every((field) => !field.value.trim());
  }

  // What is sent: also what is wrong, so that the answer can say where.
  written() {
    const window = this.read();
    if (opensOnce(window)) return window;
    return { ...window, start: typedOr(this.start.value), end: typedOr(this.end.value) };
  }

  // The field to go to first.
  get first() {
    return this.repeat.value === "never" ? this.begin : this.start;
  }

  read() {
    if (this.repeat.value === "never") {
      return { repeat: "never", days: [], start: this.begin.value.slice(0, 16), end: this.finish.value.slice(0, 16) };
    }
    const times = { start: typedTime(this.start.value), end: typedTime(this.end.value) };
    if (this.repeat.value === "daily") return { days: ALL_DAYS, ...times };
    const days = [...this.days.querySelectorAll(":checked")].map((box) => Number(box.value));
    return { days, ...times };
  }

  // "8" becomes "08:00" when one leaves the field, not while one types.
  settle(field) {
    if (field === this.start || field === this.end) field.value = typedOr(field.value);
    this.judge();
  }

  judge() {
    const window = this.read();
    const wrong = fault(window);
    const once = opensOnce(window);
    this.days.hidden = this.repeat.value !== "weekly";
    this.times.hidden = once;
    this.moments.hidden = !once;
    const unfinished = ["noTime", "noMoment"].includes(wrong) && this.node.contains(document.activeElement);
    this.next.hidden = Boolean(wrong) || !crossesMidnight(window);
    this.identify(once);
    const told = this.told.map(({ text }) => text).join(" ");
    this.fault.textContent = told || (wrong && !unfinished ? say(wrong) : "");
    const blamed = this.told.map(({ field }) => field);
    for (const field of [this.repeat, this.start, this.end, this.begin, this.finish]) {
      const bad = blamed.includes(field) || Boolean(wrong && field === this.first);
      field.setCustomValidity(bad ? this.fault.textContent || say(wrong) : "");
      if (bad) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      field.classList.toggle("is-invalid", bad && Boolean(this.fault.textContent));
    }
  }
}

export class WeekRows {
  constructor(node, base, typed) {
    this.node = node;
    this.base = base;
    this.typed = typed;
    this.rows = [];
  }

  show(windows) {
    this.rows = windows.map((window, place) => this.row(window, place + 1));
    this.node.replaceChildren(...this.rows.map((row) => row.node));
  }

  addEmpty() {
    const row = this.row({ days: [0, 1, 2, 3, 4], start: "", end: "" }, this.rows.length + 1);
    this.rows.push(row);
    this.node.append(row.node);
    row.first.focus();
  }

  // Faults by the field's id, which begins with the number of its row.
  tell(faults) {
    for (const row of this.rows) row.tell(faults.filter(({ field }) => field.startsWith(`${row.place}_`)));
  }

  read() {
    return this.rows.map((row) => row.read());
  }

  written() {
    return this.rows.filter((row) => !row.isEmpty).map((row) => row.written());
  }

  row(window, number) {
    return new Row(window, { base: this.base, number }, () => this.changed(), (row) => this.remove(row));
  }

  remove(row) {
    this.rows = this.rows.filter((each) => each !== row);
    row.node.remove();
    this.rows.forEach((each, place) => each.number(place + 1));
    this.changed();
    this.rows.at(-1)?.first.focus();
  }

  changed() {
    for (const row of this.rows) row.judge();
    this.typed(this.read());
  }
}

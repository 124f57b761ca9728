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

class Row {
  constructor(window, number, changed, removed) {
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
    this.node.addEventListener("input", changed);
    this.node.addEventListener("change", (event) => this.settle(event.target));
    this.remove.addEventListener("click", () => removed(this));
    this.number(number);
    this.judge();
  }

  // What is wrong with hours is told by their number.
  number(row) {
    this.name.textContent = say("hoursOfRow", { row });
    const parts = { repeat: "repeatOfRow", begin: "beginOfRow", finish: "finishOfRow", days: "daysOfRow" };
    Object.assign(parts, { start: "startOfRow", end: "endOfRow", remove: "removeRow" });
    for (const [part, words] of Object.entries(parts)) this[part].setAttribute("aria-label", say(words, { row }));
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
    if (field === this.start || field === this.end) field.value = typedTime(field.value) ?? field.value;
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
    this.fault.textContent = wrong && !unfinished ? say(wrong) : "";
    for (const field of [this.start, this.begin]) {
      const bad = wrong && field === this.first;
      field.setCustomValidity(bad ? say(wrong) : "");
      field.toggleAttribute("aria-invalid", Boolean(bad));
    }
  }
}

export class WeekRows {
  constructor(node, typed) {
    this.node = node;
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

  row(window, number) {
    return new Row(window, number, () => this.changed(), (row) => this.remove(row));
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
    this.typed(this.rows.map((row) => row.read()));
  }
}

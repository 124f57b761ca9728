// The typed side of the week editor: one row a window, with days, start and end.
import { element, freshId, icon } from "./parts.js";
import { crossesMidnight, fault, typedTime } from "./week.js";
import { DAY_NAMES, DAY_SHORT, say } from "./words.js";

function dayBox(day, checked) {
  const box = element("input", { type: "checkbox", value: day, checked, "aria-label": DAY_NAMES[day] });
  return element("label", {}, box, element("span", { "aria-hidden": "true" }, DAY_SHORT[day].slice(0, 2)));
}

function timeBox(value, label, faultId) {
  return element("input", {
    class: "form-control",
    type: "text",
    inputmode: "numeric",
    maxlength: 8,
    value,
    placeholder: "00:00",
    "aria-label": label,
    "aria-describedby": faultId,
  });
}

class Row {
  constructor(window, number, changed, removed) {
    const faultId = freshId("hours");
    this.days = element("div", { class: "week-row-days", role: "group", "aria-label": say("daysOfRow", { row: number }) });
    this.days.append(...DAY_NAMES.map((_, day) => dayBox(day, window.days.includes(day))));
    this.start = timeBox(window.start, say("startOfRow", { row: number }), faultId);
    this.end = timeBox(window.end, say("endOfRow", { row: number }), faultId);
    this.next = element("span", { class: "week-next-day" }, say("nextDay"));
    this.fault = element("p", { class: "week-row-fault", id: faultId, role: "status" });
    const remove = element("button", { type: "button", class: "icon-button", "aria-label": say("removeRow", { row: number }) }, icon("trash"));
    const times = element("div", { class: "week-row-times" }, this.start, say("to"), this.end, this.next, remove);
    this.node = element("div", { class: "week-row" }, this.days, times, this.fault);
    this.node.addEventListener("input", changed);
    this.node.addEventListener("change", (event) => this.settle(event.target));
    remove.addEventListener("click", () => removed(this));
    this.judge();
  }

  read() {
    const days = [...this.days.querySelectorAll(":checked")].map((box) => Number(box.value));
    return { days, start: typedTime(this.start.value), end: typedTime(this.end.value) };
  }

  // "8" becomes "08:00" when one leaves the field, not while one types.
  settle(field) {
    if (field === this.start || field === this.end) field.value = typedTime(field.value) ?? field.value;
    this.judge();
  }

  judge() {
    const window = this.read();
    const wrong = fault(window);
    const unfinished = wrong === "noTime" && this.node.contains(document.activeElement);
    this.next.hidden = Boolean(wrong) || !crossesMidnight(window);
    this.fault.textContent = wrong && !unfinished ? say(wrong) : "";
    this.start.setCustomValidity(wrong ? say(wrong) : "");
    this.start.toggleAttribute("aria-invalid", Boolean(wrong));
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
    row.start.focus();
  }

  row(window, number) {
    return new Row(window, number, () => this.changed(), (row) => this.remove(row));
  }

  remove(row) {
    this.rows = this.rows.filter((each) => each !== row);
    row.node.remove();
    this.changed();
    this.rows.at(-1)?.start.focus();
  }

  changed() {
    for (const row of this.rows) row.judge();
    this.typed(this.rows.map((row) => row.read()));
  }
}

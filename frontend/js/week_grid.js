// The drawn side of the week editor: seven days of 48 half hours, for pointer and keyboard.
import { element, freshId, icon } from "./parts.js";
import { DAY, clock, isPainted } from "./week.js";
import { DAY_NAMES, DAY_SHORT, say } from "./words.js";

const STEP = 30;
const CELLS = DAY / STEP;
const HOURS = [0, 6, 12, 18, 24];
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const within = (low, value, high) => Math.max(low, Math.min(value, high));
const range = (a, b) => Array.from({ length: Math.abs(a - b) + 1 }, (_, place) => Math.min(a, b) + place);

export class WeekGrid {
  constructor(node, { brush, copy, speak }) {
    Object.assign(this, { node, brush, copy, speak, week: [], at: { day: 0, cell: 16 }, mark: null });
    const line = element("div", { class: "grid-hours-line" }, ...HOURS.map((hour) => element("span", {}, String(hour).padStart(2, "0"))));
    node.append(element("div", { class: "grid-hours", "aria-hidden": "true" }, line));
    this.days = DAY_NAMES.map((_, day) => this.buildDay(day));
    const table = element("div", { role: "grid", "aria-label": say("weekGrid") }, ...this.days.map((day) => day.row));
    node.append(table);
    table.addEventListener("keydown", (event) => this.pressed(event));
    table.addEventListener("pointerdown", (event) => this.down(event));
    table.addEventListener("pointermove", (event) => this.moved(event));
    table.addEventListener("pointerup", () => this.up());
    table.addEventListener("pointercancel", () => this.forget());
  }

  buildDay(day) {
    const cells = range(0, CELLS - 1).map((cell) =>
      element("div", { class: "grid-cell", role: "gridcell", tabindex: "-1", "data-day": day, "data-cell": cell }),
    );
    const track = element("div", { class: "grid-track", role: "presentation" }, ...cells);
    const name = element("span", { class: "grid-name", role: "rowheader", "aria-label": DAY_NAMES[day] }, DAY_SHORT[day]);
    const row = element("div", { class: "grid-day", role: "row" }, name, track, this.copyMenu(day));
    return { row, track, cells, bars: [] };
  }

  copyMenu(day) {
    const id = freshId("copy-day");
    const item = (label, days) => {
      const button = element("button", { type: "button", class: "menu-item" }, label);
      button.addEventListener("click", () => {
        panel.hidePopover();
        this.copy(day, days);
      });
      return button;
    };
    const panel = element("div", { class: "menu-panel", id, popover: true, "data-menu": true });
    panel.append(item(say("toWeekdays"), [0, 1, 2, 3, 4]), item(say("toAll"), range(0, 6)));
    for (const other of range(0, 6).filter((each) => each !== day)) {
      panel.append(item(say("toDay", { day: DAY_NAMES[other] }), [other]));
    }
    const label = say("copyDay", { day: DAY_NAMES[day] });
    const button = element("button", { type: "button", class: "icon-button grid-copy", popovertarget: id, "aria-label": label, title: label }, icon("copy"));
    return element("span", { role: "gridcell" }, button, panel);
  }

  show(week) {
    this.week = week;
    this.days.forEach((parts, day) => {
      for (const bar of parts.bars) bar.remove();
      parts.bars = week[day].map((span) => this.bar(day, span));
      parts.track.append(...parts.bars);
      parts.cells.forEach((cell, place) => this.nameCell(cell, day, place));
    });
  }

  nameCell(cell, day, place) {
    const on = isPainted(this.week, day, place * STEP);
    cell.setAttribute("aria-selected", on);
    cell.setAttribute("aria-label", say(on ? "cellOn" : "cellOff", { day: DAY_NAMES[day], time: clock(place * STEP) }));
    cell.tabIndex = day === this.at.day && place === this.at.cell ? 0 : -1;
  }

  bar(day, [start, end]) {
    const before = start === 0 && this.week[(day + 6) % 7].at(-1)?.[1] === DAY;
    const after = end === DAY && this.week[(day + 1) % 7][0]?.[0] === 0;
    const classes = ["grid-bar", before && "grid-bar-before", after && "grid-bar-after"];
    const bar = element("div", { class: classes.filter(Boolean).join(" "), "aria-hidden": "true" });
    if (end - start >= 210) bar.textContent = `${clock(start)}–${end === DAY ? "24:00" : clock(end)}`;
    this.place(bar, start, end);
    return bar;
  }

  place(bar, start, end) {
    bar.style.left = `${(100 * start) / DAY}%`;
    bar.style.width = `${(100 * (end - start)) / DAY}%`;
  }

  // --- Drawing: from a first cell to a second one, over the days between them ---

  begin(at) {
    const adding = !isPainted(this.week, at.day, at.cell * STEP);
    this.mark = { from: at, to: at, adding };
    this.drawDraft();
  }

  chosen() {
    const { from, to, adding } = this.mark;
    const [first, last] = [Math.min(from.cell, to.cell), Math.max(from.cell, to.cell)];
    return { days: range(from.day, to.day), start: first * STEP, end: (last + 1) * STEP, adding };
  }

  drawDraft() {
    this.clearDraft();
    const { days, start, end, adding } = this.chosen();
    for (const day of days) {
      const bar = element("div", { class: `grid-bar grid-bar-draft${adding ? "" : " taking"}`, "aria-hidden": "true" });
      this.place(bar, start, end);
      this.days[day].track.append(bar);
    }
  }

  clearDraft() {
    for (const bar of this.node.querySelectorAll(".grid-bar-draft")) bar.remove();
  }

  forget() {
    this.mark = null;
    this.clearDraft();
  }

  finish() {
    const { days, start, end, adding } = this.chosen();
    this.forget();
    this.brush(days, start, end, adding);
    const names = days.map((day) => DAY_NAMES[day]).join(", ");
    this.speak(say(adding ? "addedTo" : "takenFrom", { day: names, start: clock(start), end: clock(end) }));
  }

  // --- Pointer ---

  cellAt(event) {
    const rows = this.days.map(({ track }) => track.getBoundingClientRect());
    const below = rows.findIndex((box) => event.clientY < box.bottom + 2);
    const day = below < 0 ? 6 : below;
    const share = (event.clientX - rows[day].left) / rows[day].width;
    return { day, cell: within(0, Math.floor(share * CELLS), CELLS - 1) };
  }

  down(event) {
    if (event.button !== 0 || !event.target.closest(".grid-track")) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    this.dragging = true;
    this.at = this.cellAt(event);
    this.begin(this.at);
  }

  moved(event) {
    if (!this.dragging || !this.mark) return;
    this.mark.to = this.cellAt(event);
    this.drawDraft();
  }

  up() {
    if (this.dragging && this.mark) this.finish();
    this.dragging = false;
  }

  // --- Keyboard: arrows move, Space begins and ends, Escape leaves ---

  pressed(event) {
    if (!event.target.matches(".grid-cell")) return;
    if (MOVES[event.key]) this.step(...MOVES[event.key], event.ctrlKey ? 2 : 1);
    else if (event.key === "Home") this.step(0, -CELLS);
    else if (event.key === "End") this.step(0, CELLS);
    else if (event.key === " " || event.key === "Enter") this.toggleMark();
    else if (event.key === "Escape" && this.mark) this.forget();
    else return;
    event.preventDefault();
  }

  step(days, cells, times = 1) {
    const old = this.days[this.at.day].cells[this.at.cell];
    this.at = {
      day: within(0, this.at.day + days, 6),
      cell: within(0, this.at.cell + cells * times, CELLS - 1),
    };
    old.tabIndex = -1;
    const cell = this.days[this.at.day].cells[this.at.cell];
    cell.tabIndex = 0;
    cell.focus();
    if (!this.mark) return;
    this.mark.to = this.at;
    this.drawDraft();
  }

  toggleMark() {
    if (this.mark) {
      this.finish();
      return;
    }
    this.begin(this.at);
    this.speak(say("markBegun", { day: DAY_NAMES[this.at.day], time: clock(this.at.cell * STEP) }));
  }
}

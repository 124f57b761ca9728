// The week editor: a grid to drag on and typed times beside it, both showing the same windows.
import { element, everyOne } from "./parts.js";
import { brushed, fault, opensOnce, painted, sentence, typedTime, windowsOf } from "./week.js";
import { WeekGrid } from "./week_grid.js";
import { WeekRows } from "./week_rows.js";

const PRESETS = {
  office: [{ days: [0, 1, 2, 3, 4], start: "08:00", end: "18:00" }],
  always: [{ days: [0, 1, 2, 3, 4, 5, 6], start: "00:00", end: "00:00" }],
  nights: [{ days: [0, 1, 2, 3, 4, 5, 6], start: "22:00", end: "06:00" }],
  none: [],
};

class WeekEditor {
  constructor(root) {
    this.value = root.querySelector("[data-week-value]");
    this.words = root.querySelector("[data-week-sentence]");
    this.order = root.dataset.weekDates;
    this.days = ["first", "last"].map((name) => root.closest("form")?.elements[`${name}_day`]);
    for (const day of this.days) day?.addEventListener("input", () => this.tell());
    this.spoken = element("span", { class: "visually-hidden", "aria-live": "polite" });
    root.append(this.spoken);
    this.grid = new WeekGrid(root.querySelector("[data-week-grid]"), {
      brush: (days, start, end, adding) => this.brush(days, start, end, adding),
      copy: (from, days) => this.copyDay(from, days),
      speak: (words) => {
        this.spoken.textContent = words;
      },
    });
    this.rows = new WeekRows(root.querySelector("[data-week-rows]"), this.value.id, (windows) => this.typed(windows));
    root.querySelector("[data-week-add]").addEventListener("click", () => this.rows.addEmpty());
    for (const button of root.querySelectorAll("[data-week-preset]")) {
      button.addEventListener("click", () => this.replace(PRESETS[button.dataset.weekPreset]));
    }
    this.rows.show(this.readValue());
    this.windows = this.rows.read();
    this.show();
    const faults = [...root.querySelectorAll("[data-week-fault]")];
    this.rows.tell(faults.map((one) => ({ field: one.dataset.weekFault, text: one.textContent })));
  }

  // A value that came back with an error may be anything; what is no window is left out, and what
  // was typed where no time can be read stays as it was.
  readValue() {
    try {
      const windows = JSON.parse(this.value.value || "[]");
      return windows.map((window) => {
        const { days, start, end } = window;
        if (opensOnce(window)) return { repeat: "never", days: [], start: start.slice(0, 16), end: end.slice(0, 16) };
        return {
          days: [...(days ?? [0, 1, 2, 3, 4, 5, 6])].sort(),
          start: typedTime(start.slice(0, 5)) ?? start,
          end: typedTime(end.slice(0, 5)) ?? end,
        };
      });
    } catch {
      return [];
    }
  }

  brush(days, start, end, adding) {
    this.repaint(brushed(painted(this.windows), days, start, end, adding));
  }

  copyDay(from, days) {
    const week = painted(this.windows);
    this.repaint(week.map((spans, day) => (days.includes(day) ? week[from] : spans)));
  }

  // What is drawn says nothing of what opens once: that stays.
  repaint(week) {
    this.replace([...windowsOf(week), ...this.windows.filter(opensOnce)]);
  }

  replace(windows) {
    this.windows = structuredClone(windows);
    this.rows.show(this.windows);
    this.show();
  }

  typed(windows) {
    this.windows = windows;
    this.show();
  }

  show() {
    const sound = this.windows.filter((window) => !fault(window));
    this.value.value = JSON.stringify(this.rows.written());
    this.value.dispatchEvent(new Event("change", { bubbles: true }));
    this.tell();
    this.grid.show(painted(sound));
  }

  tell() {
    const [first, last] = this.days.map((day) => day?.value ?? "");
    const sound = this.windows.filter((window) => !fault(window));
    this.words.textContent = sentence(sound, { order: this.order, first, last });
  }
}

export function startWeekEditors() {
  everyOne("[data-week-editor]", (root) => new WeekEditor(root));
}

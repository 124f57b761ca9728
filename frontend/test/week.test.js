import assert from "node:assert/strict";
import { test } from "node:test";
import { brushed, crossesMidnight, fault, isPainted, painted, sentence, typedTime, windowsOf } from "../js/week.js";

const office = { days: [0, 1, 2, 3, 4], start: "08:00", end: "18:00" };
const nights = { days: [0, 1, 2, 3, 4], start: "22:00", end: "06:00" };
const always = { days: [0, 1, 2, 3, 4, 5, 6], start: "00:00", end: "00:00" };
const asleep = Array.from({ length: 7 }, () => []);

test("a window across midnight is drawn on both days", () => {
  const week = painted([{ days: [1], start: "22:00", end: "06:00" }]);
  assert.deepEqual(week[1], [[1320, 1440]]);
  assert.deepEqual(week[2], [[0, 360]]);
});

test("a Sunday night runs into Monday", () => {
  const week = painted([{ days: [6], start: "22:00", end: "06:00" }]);
  assert.deepEqual(week[6], [[1320, 1440]]);
  assert.deepEqual(week[0], [[0, 360]]);
});

test("midnight as an end may be typed as 00:00 or as 24:00", () => {
  for (const end of ["00:00", "24:00"]) {
    const week = painted([{ days: [3], start: "18:00", end }]);
    assert.deepEqual(week[3], [[1080, 1440]]);
    assert.deepEqual(week[4], []);
    assert.equal(crossesMidnight({ days: [3], start: "18:00", end }), false);
  }
});

test("windows that overlap or touch are painted as one", () => {
  const week = painted([
    { days: [0], start: "08:00", end: "12:00" },
    { days: [0], start: "12:00", end: "13:00" },
    { days: [0], start: "11:00", end: "12:30" },
  ]);
  assert.deepEqual(week[0], [[480, 780]]);
});

test("the fewest windows paint the same week again", () => {
  for (const windows of [[office], [nights], [always], [office, nights], [{ days: [6], start: "21:30", end: "01:00" }]]) {
    const week = painted(windows);
    assert.deepEqual(painted(windowsOf(week)), week);
  }
  assert.deepEqual(windowsOf(painted([office])), [office]);
  assert.deepEqual(windowsOf(painted([nights])), [nights]);
  assert.deepEqual(windowsOf(painted([always])), [always]);
});

test("whatever is drawn survives the way to windows and back", () => {
  let seed = 7;
  const next = (limit) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % limit;
  };
  for (let round = 0; round < 300; round += 1) {
    let week = asleep;
    for (let stroke = 0; stroke < 6; stroke += 1) {
      const start = next(48) * 30;
      const end = start + 30 + next((1440 - start) / 30) * 30;
      const days = [0, 1, 2, 3, 4, 5, 6].filter(() => next(2));
      week = brushed(week, days, start, Math.min(end, 1440), next(3) > 0);
    }
    assert.deepEqual(painted(windowsOf(week)), week);
  }
});

test("brushing adds to the chosen days only", () => {
  const week = brushed(asleep, [2, 3], 540, 600, true);
  assert.deepEqual(week.map((spans) => spans.length), [0, 0, 1, 1, 0, 0, 0]);
  assert.equal(isPainted(week, 2, 540), true);
  assert.equal(isPainted(week, 2, 600), false);
});

test("taking away the middle leaves two windows", () => {
  const week = brushed(painted([office]), [0], 720, 780, false);
  assert.deepEqual(week[0], [[480, 720], [780, 1080]]);
  assert.deepEqual(week[1], [[480, 1080]]);
});

test("a time may be typed in a hurry", () => {
  const typed = { 8: "08:00", "08:30": "08:30", 830: "08:30", "8.15": "08:15", "8pm": "20:00", "12am": "00:00", "24:00": "00:00", "7:05 PM": "19:05" };
  for (const [text, clock] of Object.entries(typed)) assert.equal(typedTime(text), clock, text);
});

test("what is no time is refused", () => {
  for (const text of ["", "x", "25:00", "8:75", "13pm", "24:30", "8:3"]) assert.equal(typedTime(text), null, text);
});

test("a window says what is wrong with it and is not painted", () => {
  const wrong = {
    noDay: { days: [], start: "08:00", end: "18:00" },
    noTime: { days: [1], start: null, end: "18:00" },
  };
  for (const [key, window] of Object.entries(wrong)) {
    assert.equal(fault(window), key);
    assert.deepEqual(painted([window]), asleep);
  }
  assert.equal(fault(always), null);
});

test("the sentence says it as people do", () => {
  const said = [
    [[], "Never: no hours chosen yet"],
    [[always], "Always"],
    [[office], "Weekdays 08:00–18:00"],
    [[nights], "Weekdays 22:00 to 06:00 the next day"],
    [[office, { days: [5], start: "00:00", end: "13:00" }], "Weekdays 08:00–18:00, Saturday until 13:00"],
    [[{ days: [5, 6], start: "00:00", end: "24:00" }], "Weekends all day"],
    [[{ days: [0, 2, 4], start: "18:00", end: "00:00" }], "Monday, Wednesday and Friday from 18:00"],
    [[{ days: [1, 2, 3], start: "09:00", end: "12:00" }, { days: [1, 2, 3], start: "13:00", end: "17:00" }], "Tuesday to Thursday 09:00–12:00 and 13:00–17:00"],
  ];
  for (const [windows, words] of said) assert.equal(sentence(windows), words);
});

test("hours from a time to the same time are a whole day, as the server has it", () => {
  const week = painted([{ days: [1], start: "08:00", end: "08:00" }]);
  assert.deepEqual(week[1], [[480, 1440]]);
  assert.deepEqual(week[2], [[0, 480]]);
});

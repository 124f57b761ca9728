// Weekly windows as pure data: windows ↔ painted days ↔ one sentence. No page in here.
//
// A window is {days: [0…6, 0 is Monday], start: "08:00", end: "18:00"}; an end at or before the start
// is on the next day, and an end of "00:00" is midnight. One that opens once is {repeat: "never",
// days: [], start: "2026-12-24T10:00", end: "2026-12-24T12:00"} and is not painted. A painted week is seven lists of
// [start, end) in minutes since midnight, sorted and merged.
import { AND, DAY_NAMES, say } from "./words.js";

export const DAY = 1440;
const ALL = [0, 1, 2, 3, 4, 5, 6];

export function minutes(clock) {
  const [hours, past] = clock.split(":").map(Number);
  return hours * 60 + past;
}

export function clock(minute) {
  const pad = (number) => String(number).padStart(2, "0");
  return `${pad(Math.floor(minute / 60) % 24)}:${pad(minute % 60)}`;
}

// What people type: "8", "830", "8:30", "08.30", "8pm", "24:00". Null where it is no time.
export function typedTime(text) {
  const match = /^\s*(\d{1,2})[:.h ]?(\d{2})?\s*(am|pm)?\s*$/i.exec(text);
  if (!match) return null;
  let hours = Number(match[1]);
  const past = Number(match[2] ?? 0);
  const half = match[3]?.toLowerCase();
  if (half && (hours < 1 || hours > 12)) return null;
  if (half) hours = (hours % 12) + (half === "pm" ? 12 : 0);
  if (hours === 24 && past === 0) return "00:00";
  return hours < 24 && past < 60 ? clock(hours * 60 + past) : null;
}

export function opensOnce(window) {
  return window.repeat === "never";
}

export function crossesMidnight(window) {
  if (opensOnce(window)) return false;
  const end = minutes(window.end) % DAY;
  return end !== 0 && end <= minutes(window.start);
}

// The key of what is wrong with a window, or null.
export function fault(window) {
  if (opensOnce(window)) {
    if (!window.start || !window.end) return "noMoment";
    return window.start < window.end ? null : "endFirst";
  }
  if (!window.days.length) return "noDay";
  return window.start && window.end ? null : "noTime";
}

function merged(spans) {
  const sorted = spans.filter(([start, end]) => end > start).sort((a, b) => a[0] - b[0]);
  const result = [];
  for (const [start, end] of sorted) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

export function painted(windows) {
  const week = ALL.map(() => []);
  for (const window of windows.filter((each) => !opensOnce(each) && !fault(each))) {
    const start = minutes(window.start);
    const end = minutes(window.end) % DAY || DAY;
    for (const day of window.days) {
      week[day].push([start, end > start ? end : DAY]);
      if (end <= start) week[(day + 1) % 7].push([0, end]);
    }
  }
  return week.map(merged);
}

// A painted week with a span of some days added or taken away.
export function brushed(week, days, start, end, adding) {
  return week.map((spans, day) => {
    if (!days.includes(day)) return spans;
    if (adding) return merged([...spans, [start, end]]);
    return merged(spans.flatMap(([from, to]) => [[from, Math.min(to, start)], [Math.max(from, end), to]]));
  });
}

export function isPainted(week, day, minute) {
  return week[day].some(([start, end]) => start <= minute && minute < end);
}

// An evening and the next morning are one span past 1440, if together they are shorter than a day.
function overMidnight(week) {
  const left = week.map((spans) => [...spans]);
  const joined = [];
  for (const day of ALL) {
    const next = (day + 1) % 7;
    const evening = week[day].at(-1);
    const morning = week[next][0];
    if (!evening || !morning || evening[1] < DAY || morning[0] > 0) continue;
    if (evening[0] === 0 || morning[1] >= evening[0]) continue;
    left[day] = left[day].filter((span) => span !== evening);
    left[next] = left[next].filter((span) => span !== morning);
    joined.push({ day, start: evening[0], end: DAY + morning[1] });
  }
  return { left, joined };
}

function groupedSpans(week) {
  const { left, joined } = overMidnight(week);
  const groups = new Map();
  const add = (day, start, end) => {
    const key = `${start}-${end}`;
    if (!groups.has(key)) groups.set(key, { start, end, days: [] });
    groups.get(key).days.push(day);
  };
  for (const span of joined) add(span.day, span.start, span.end);
  left.forEach((spans, day) => spans.forEach(([start, end]) => add(day, start, end)));
  for (const group of groups.values()) group.days.sort();
  return [...groups.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

// The fewest windows that paint this week.
export function windowsOf(week) {
  return groupedSpans(week)
    .map(({ days, start, end }) => ({ days, start: clock(start), end: clock(end) }))
    .sort((a, b) => a.days[0] - b.days[0] || minutes(a.start) - minutes(b.start));
}

function spanWords({ start, end }) {
  if (start === 0 && end === DAY) return say("allDay");
  if (end > DAY) return say("overnight", { start: clock(start), end: clock(end) });
  if (start === 0) return say("until", { time: clock(end) });
  if (end === DAY) return say("from", { time: clock(start) });
  return `${clock(start)}–${clock(end)}`;
}

function daysWords(days) {
  const key = days.join("");
  if (key === "0123456") return say("everyDay");
  if (key === "01234") return say("weekdays");
  if (key === "56") return say("weekends");
  const names = days.map((day) => DAY_NAMES[day]);
  if (names.length > 2 && days.at(-1) - days[0] === days.length - 1) {
    return say("dayRange", { first: names[0], last: names.at(-1) });
  }
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")}${AND}${names.at(-1)}`;
}

// A day such as 2026-12-24 as a site writes it.
export function dayWords(day, order) {
  const [year, month, date] = day.split("-");
  if (order === "dmy") return `${date}.${month}.${year}`;
  return order === "mdy" ? `${month}/${date}/${year}` : day;
}

function onceWords({ start, end }, { order, first, last }) {
  const [day, time] = start.split("T");
  const [lastDay, until] = end.split("T");
  const names = { day: dayWords(day, order), start: time, lastDay: dayWords(lastDay, order), end: until };
  const words = say(day === lastDay ? "onceOn" : "onceOver", names);
  const outside = (first && end <= `${first}T00:00`) || (last && day > last);
  return outside ? say("onceOutside", { once: words }) : words;
}

function datedWords(words, { order, first, last }) {
  const names = { hours: words, first: first && dayWords(first, order), last: last && dayWords(last, order) };
  if (first && last) return say("hoursBetween", names);
  if (first) return say("hoursFrom", names);
  return last ? say("hoursUntil", names) : words;
}

// Windows in words. `order` is how dates are written: ymd, dmy or mdy; `first` and `last` are the days
// between which the windows count, "" where there is no limit.
export function sentence(windows, { order = "ymd", first = "", last = "" } = {}) {
  const dates = { order, first, last };
  const once = windows.filter((window) => opensOnce(window) && !fault(window)).sort((a, b) => (a.start < b.start ? -1 : 1));
  const weekly = windows.filter((window) => !opensOnce(window));
  if (!windows.length) return weeklyWords([]);
  const recurring = weekly.length ? [datedWords(weeklyWords(weekly), dates)] : [];
  return [...recurring, ...once.map((window) => onceWords(window, dates))].join("; ");
}

function weeklyWords(windows) {
  const week = painted(windows);
  if (week.every((spans) => !spans.length)) return say("never");
  if (week.every((spans) => spans.length === 1 && spans[0][0] === 0 && spans[0][1] === DAY)) {
    return say("always");
  }
  const byDays = new Map();
  for (const span of groupedSpans(week)) {
    const key = span.days.join("");
    byDays.set(key, [...(byDays.get(key) ?? []), span]);
  }
  return [...byDays.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, spans]) => `${daysWords(spans[0].days)} ${spans.map(spanWords).join(AND)}`)
    .join(", ");
}

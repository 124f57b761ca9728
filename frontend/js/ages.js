// "3 min ago" or "for 3 min" from a moment. No page in here.
import { fill, WORDS } from "./words.js";

const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 14],
];
// Seconds within which something happened just now.
const NOW = 5;

// Null for what lies further back than two weeks: there the date says more. What `lasts` is told by how long
// it does, anything else by how long ago it was, or will be.
export function age(moment, now, { lasts = false, words = WORDS.ages } = {}) {
  const passed = Math.round((now - moment) / 1000);
  if (!lasts && Math.abs(passed) < NOW) return words.justNow;
  let amount = lasts ? Math.max(passed, 1) : Math.abs(passed);
  for (const [unit, size] of STEPS) {
    if (amount < size) return fill(form(words, passed, lasts), { span: span(words, amount, unit) });
    amount = Math.trunc(amount / size);
  }
  return null;
}

function form(words, passed, lasts) {
  if (lasts) return words.lasting;
  return passed < 0 ? words.ahead : words.ago;
}

function span(words, count, unit) {
  return fill(count === 1 ? words[unit] : words[`${unit}s`], { count });
}

// Keeps every <time data-relative> true while the page stands open.
import { age } from "./ages.js";
import { everyOne } from "./parts.js";

const EVERY = 15_000;

function tell(time) {
  const moment = Date.parse(time.dateTime);
  time.textContent = age(moment, Date.now(), document.documentElement.lang || "en") ?? time.title.slice(0, 16);
}

export function startTimes() {
  everyOne("time[data-relative]", tell);
  setInterval(() => document.querySelectorAll("time[data-relative]").forEach(tell), EVERY);
}

// Keeps every <time data-relative> true while the page stands open, and what is left of an hour.
import { age } from "./ages.js";
import { everyOne } from "./parts.js";
import { fill, say, WORDS } from "./words.js";

const EVERY = 15_000;

function tell(time) {
  const lasts = time.dataset.relative === "lasts";
  const told = age(Date.parse(time.dateTime), Date.now(), { lasts });
  time.textContent = told ?? onDay(time.title.slice(0, 16), lasts);
}

function onDay(at, lasts) {
  return lasts ? fill(WORDS.ages.since, { at }) : at;
}

function tellLeft(place) {
  const left = Math.ceil((Date.parse(place.dataset.minutesLeft) - Date.now()) / 60_000);
  if (left < 1) place.textContent = say("timeIsUp");
  else place.textContent = left === 1 ? say("minuteLeft") : say("minutesLeft", { count: left });
}

export function startTimes() {
  everyOne("time[data-relative]", tell);
  setInterval(() => {
    document.querySelectorAll("time[data-relative]").forEach(tell);
    document.querySelectorAll("[data-minutes-left]").forEach(tellLeft);
  }, EVERY);
}

// Keeps every <time data-relative> true while the page stands open, and what is left of an hour.
import { age } from "./ages.js";
import { everyOne } from "./parts.js";
import { say } from "./words.js";

const EVERY = 15_000;

function tell(time) {
  const moment = Date.parse(time.dateTime);
  const language = document.documentElement.lang || "en";
  const since = time.dataset.relative === "since";
  time.textContent = age(moment, Date.now(), language, { since }) ?? time.title.slice(0, 16);
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

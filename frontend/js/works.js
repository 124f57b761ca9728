// Long work: on whichever page one is, a notice says once that it has ended.
import { toast } from "./floating.js";
import { everyOne } from "./parts.js";

const TOLD = "doorward works told";
const REMEMBERED = 50;

function isNews(key) {
  const told = JSON.parse(sessionStorage.getItem(TOLD) ?? "[]");
  if (told.includes(key)) return false;
  sessionStorage.setItem(TOLD, JSON.stringify([key, ...told].slice(0, REMEMBERED)));
  return true;
}

function tell(notice) {
  const { workNotice, level, url, deed } = notice.dataset;
  // Its own page shows it already.
  if (isNews(workNotice) && location.pathname !== url) toast(notice.textContent, level, { url, words: deed });
}

export function startWorks() {
  everyOne("[data-work-notice]", tell);
}

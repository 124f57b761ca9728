// The live log: new lines come in at the top without moving what one reads.
import htmx from "htmx.org";
import { Looks } from "./looks.js";
import { element, everyOne } from "./parts.js";
import { say } from "./words.js";

const MOST_LINES = 300;

class LiveList {
  constructor(list) {
    this.list = list;
    this.waiting = [];
    this.looks = new Looks(() => this.look());
    this.pill = list.closest(".log-box")?.querySelector("[data-live-pill]") ?? this.addPill();
    if (list.dataset.liveUrl) list.addEventListener("live", () => this.catchUp());
    this.pill.addEventListener("click", () => this.toTop());
    addEventListener("scroll", () => this.waiting.length && this.atTop() && this.settle(), { passive: true });
  }

  catchUp() {
    this.looks.ask("list");
  }

  addPill() {
    const pill = element("button", { class: "new-pill", type: "button", hidden: true });
    (this.list.closest("table") ?? this.list).before(pill);
    return pill;
  }

  newest() {
    return this.waiting[0]?.dataset.key ?? this.list.querySelector(":scope > [data-key]")?.dataset.key ?? "";
  }

  async look() {
    this.looks.began("list");
    this.looks.ended("list", await this.ask());
  }

  // Returns the status of the answer, 0 where none came or it broke off.
  async ask() {
    const url = new URL(this.list.dataset.liveUrl, location.href);
    url.searchParams.set("after", this.newest());
    const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return answer?.status ?? 0;
    const html = await answer.text().catch(() => null);
    if (html === null) return 0;
    this.arrive(html);
    return answer.status;
  }

  arrive(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = [...holder.content.querySelectorAll("[data-key]")].filter((line) => !this.knows(line.dataset.key));
    if (!fresh.length) return;
    this.waiting.unshift(...fresh);
    if (this.atTop()) this.settle();
    this.showPill();
  }

  knows(key) {
    const same = (line) => line.dataset.key === key;
    return this.waiting.some(same) || [...this.list.children].some(same);
  }

  atTop() {
    return this.list.getBoundingClientRect().top > 0;
  }

  settle() {
    for (const line of this.waiting) line.classList.add("just-arrived");
    this.list.prepend(...this.waiting);
    for (const line of this.waiting) htmx.process(line);
    for (const line of this.waiting) this.announce(line);
    this.waiting = [];
    while (this.list.children.length > MOST_LINES) this.list.lastElementChild.remove();
    this.showPill();
  }

  announce(line) {
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: line } }));
  }

  showPill() {
    this.pill.hidden = !this.waiting.length;
    this.pill.textContent = say("newLines", { count: this.waiting.length });
  }

  toTop() {
    this.settle();
    const top = this.list.getBoundingClientRect().top + scrollY - 160;
    scrollTo({ top: Math.max(top, 0), behavior: "smooth" });
  }
}

export function startLogs() {
  let isLater = false;
  everyOne("[data-live-list]", (list) => {
    const live = new LiveList(list);
    // What was told while it was on its way went to the list that it replaced.
    if (isLater && list.dataset.liveUrl) live.catchUp();
  });
  isLater = true;
}

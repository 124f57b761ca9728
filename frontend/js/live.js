// What changes elsewhere changes here: topics over a WebSocket, and what was missed after a break.
import htmx from "htmx.org";
import { backOff, hears } from "./topics.js";

const SHOW_LOSS_AFTER = 3_000;
const GATHER = 120;

export class Live {
  constructor(ticket, banner) {
    this.ticket = ticket;
    this.banner = banner;
    this.tries = 0;
    this.met = false;
    this.told = new Set();
    this.connect();
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  connect() {
    clearTimeout(this.retry);
    const url = new URL("/live", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("ticket", this.ticket);
    this.socket = new WebSocket(url);
    this.socket.addEventListener("open", () => this.opened());
    this.socket.addEventListener("message", (event) => this.heard(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => this.closed());
  }

  hurry() {
    if (this.socket.readyState === WebSocket.CLOSED) this.connect();
  }

  opened() {
    clearTimeout(this.loss);
    this.loss = null;
    this.tries = 0;
    this.banner.hidden = true;
    // Topics told while the line was down are lost, so everything that listens looks once.
    if (this.met) this.heard({ topic: "*" });
    this.met = true;
  }

  closed() {
    this.loss ??= setTimeout(() => {
      this.banner.hidden = false;
    }, SHOW_LOSS_AFTER);
    this.retry = setTimeout(() => this.connect(), backOff(this.tries, Math.random()));
    this.tries += 1;
  }

  heard(message) {
    if (message.html) {
      for (const node of this.listeners([message.topic])) {
        node.dispatchEvent(new CustomEvent("live:html", { detail: message }));
      }
      return;
    }
    this.told.add(message.topic);
    this.gathering ??= setTimeout(() => this.tell(), GATHER);
  }

  tell() {
    const topics = [...this.told];
    this.told.clear();
    this.gathering = null;
    for (const node of this.listeners(topics)) htmx.trigger(node, "live", { topics });
  }

  listeners(topics) {
    return [...document.querySelectorAll("[data-live-topic]")].filter((node) =>
      topics.some((topic) => hears(node.dataset.liveTopic, topic)),
    );
  }
}

export function startLive() {
  const { liveTicket } = document.body.dataset;
  const banner = document.getElementById("link-lost");
  // Plain pages, such as an error's, have nothing that could change.
  if (liveTicket && banner) new Live(liveTicket, banner);
}

// What changes elsewhere changes here: topics over a WebSocket. What the page was told before the
// line stood, or while it was down, the other side tells then.
import htmx from "htmx.org";
import { Looks, REST_WHEN_FULL, wasFull } from "./looks.js";
import { backOff, hears } from "./topics.js";

const SHOW_LOSS_AFTER = 3_000;
const GATHER = 120;

// A part's name, which stays when what stands there is replaced.
function keyOf(node) {
  return node.id || node.getAttribute("hx-target") || node.getAttribute("hx-get");
}

export class Live {
  constructor(ticket, banner) {
    this.ticket = ticket;
    this.banner = banner;
    this.tries = 0;
    this.told = new Set();
    this.looks = new Looks((key) => this.look(key));
    document.addEventListener("htmx:beforeSend", (event) => this.follow(event.detail));
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
  }

  closed() {
    this.loss ??= setTimeout(() => {
      this.banner.hidden = false;
    }, SHOW_LOSS_AFTER);
    this.retry = setTimeout(() => this.connect(), backOff(this.tries, Math.random()));
    this.tries += 1;
  }

  heard(message) {
    this.told.add(message.topic);
    this.gathering ??= setTimeout(() => this.tell(), GATHER);
  }

  tell() {
    const topics = [...this.told];
    this.told.clear();
    this.gathering = null;
    for (const node of this.listeners(topics)) {
      if (node.matches("[data-live-list]")) htmx.trigger(node, "live");
      else this.looks.ask(keyOf(node), Number(node.dataset.livePause ?? 0));
    }
  }

  look(key) {
    for (const node of this.listeners(["*"])) if (keyOf(node) === key) htmx.trigger(node, "live");
  }

  // Know when a part is looking, whoever made it look, and whether what it sees comes too late.
  follow({ elt, xhr }) {
    if (elt.dataset.liveTopic === undefined) return;
    const key = keyOf(elt);
    this.looks.began(key);
    xhr.addEventListener("readystatechange", () => {
      if (xhr.readyState !== XMLHttpRequest.DONE) return;
      const full = wasFull(xhr.status);
      if (full) this.looks.rest(key, REST_WHEN_FULL);
      // Where another took its place meanwhile, the answer is shown nowhere.
      if (full || !elt.isConnected) this.looks.ask(key);
    });
    // What came hears only once htmx has settled it.
    const ended = () => this.looks.ended(key);
    xhr.addEventListener("loadend", () => setTimeout(ended, htmx.config.defaultSettleDelay));
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

// What changes elsewhere changes here: topics over a WebSocket. What the page was told before the
// line stood, or while it was down, the other side tells then.
import htmx from "htmx.org";
import { Looks } from "./looks.js";
import { backOff, hears } from "./topics.js";

const SHOW_LOSS_AFTER = 3_000;
const GATHER = 120;

// A part's name, which stays when what stands there is replaced.
function keyOf(node) {
  return node.id || node.getAttribute("hx-target") || node.getAttribute("hx-get");
}

export function isPart(node) {
  return node?.dataset?.liveTopic !== undefined;
}

// What came hears only once htmx has settled it.
function afterSettling(xhr, then) {
  xhr.addEventListener("loadend", () => setTimeout(then, htmx.config.defaultSettleDelay));
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

  // Know when a part is looking or about to be replaced, whoever asked for that.
  follow({ elt, target, xhr }) {
    if (isPart(elt)) this.followLook(elt, xhr);
    else if (isPart(target)) this.followReplacement(target, xhr);
  }

  followLook(part, xhr) {
    const key = keyOf(part);
    let isLost = false;
    this.looks.began(key);
    xhr.addEventListener("readystatechange", () => {
      // Where another took its place meanwhile, the answer is shown nowhere.
      if (xhr.readyState === XMLHttpRequest.DONE) isLost = !part.isConnected;
    });
    xhr.addEventListener("abort", () => {
      isLost = true;
    });
    afterSettling(xhr, () => {
      if (isLost) this.looks.ask(key);
      this.looks.ended(key, isLost ? undefined : xhr.status);
    });
  }

  // What somebody asked for comes before a look, whose answer would take the place that it goes to.
  followReplacement(part, xhr) {
    const key = keyOf(part);
    this.looks.began(key);
    htmx.trigger(part, "htmx:abort");
    afterSettling(xhr, () => this.looks.ended(key));
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

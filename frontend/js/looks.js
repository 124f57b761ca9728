// When a part of the page looks again. No page in here.
import { backOff } from "./topics.js";

// Waits grow from one to two seconds, which is the third step of those of a lost line.
const STEPS_AHEAD = 2;
// Some two minutes; whatever is told afterwards begins anew.
const MOST_TRIES = 10;

// A house that is full or starts anew answers the same question later; 0 is no answer at all.
export function mayWorkLater(status) {
  return status === 0 || status === 429 || status >= 500;
}

// A part that is looking cannot hear: what is told meanwhile would be lost with what it replaces.
// So it looks once more after that, and one that rests between two looks does when the rest is over.
export class Looks {
  // `start(key)` makes a part look. Of each look, whoever made it, it is said when it began and ended.
  constructor(start, later = (then, after) => setTimeout(then, after)) {
    this.start = start;
    this.later = later;
    this.busy = new Map();
    this.tries = new Map();
  }

  // Look now, or as soon as the part may; `pause` is in milliseconds, from one look to the next.
  ask(key, pause = 0) {
    const part = this.busy.get(key);
    if (part) {
      part.again = true;
      part.pause = pause;
      return;
    }
    if (pause) this.rest(key, pause);
    this.start(key);
  }

  began(key) {
    this.part(key).holds += 1;
  }

  // `status` is that of the answer to a look of the part's own.
  ended(key, status = 200) {
    if (mayWorkLater(status)) this.tryLater(key);
    else this.tries.delete(key);
    this.letGo(key);
  }

  tryLater(key) {
    const tried = this.tries.get(key) ?? 0;
    if (tried === MOST_TRIES) {
      this.tries.delete(key);
      return;
    }
    this.tries.set(key, tried + 1);
    this.rest(key, backOff(tried + STEPS_AHEAD, Math.random()));
    this.ask(key);
  }

  rest(key, pause) {
    this.began(key);
    this.later(() => this.letGo(key), pause);
  }

  letGo(key) {
    const part = this.part(key);
    part.holds -= 1;
    if (part.holds > 0) return;
    this.busy.delete(key);
    if (part.again) this.ask(key, part.pause);
  }

  part(key) {
    if (!this.busy.has(key)) this.busy.set(key, { holds: 0, again: false, pause: 0 });
    return this.busy.get(key);
  }
}

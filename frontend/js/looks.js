// When a part of the page looks again. No page in here.

// What a house that is full sent away is asked again after so many milliseconds.
export const REST_WHEN_FULL = 3_000;

export function wasFull(status) {
  return status === 429 || status === 503;
}

// A part that is looking cannot hear: what is told meanwhile would be lost with what it replaces.
// So it looks once more after that, and one that rests between two looks does when the rest is over.
export class Looks {
  // `start(key)` makes a part look. Of each look, whoever made it, it is said when it began and ended.
  constructor(start, later = (then, after) => setTimeout(then, after)) {
    this.start = start;
    this.later = later;
    this.busy = new Map();
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

  ended(key) {
    const part = this.part(key);
    part.holds -= 1;
    if (part.holds > 0) return;
    this.busy.delete(key);
    if (part.again) this.ask(key, part.pause);
  }

  rest(key, pause) {
    this.began(key);
    this.later(() => this.ended(key), pause);
  }

  part(key) {
    if (!this.busy.has(key)) this.busy.set(key, { holds: 0, again: false, pause: 0 });
    return this.busy.get(key);
  }
}

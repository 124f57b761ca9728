// When a part of a page looks again: never twice at a time, and never for the last time too early.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Looks } from "../js/looks.js";

// A part that looks at once, until it is told that it is done; and time that passes when one says so.
function scene() {
  const made = [];
  const timers = [];
  const looks = new Looks(
    (key) => {
      made.push(key);
      looks.began(key);
    },
    (then, after) => timers.push({ then, after }),
  );
  const pass = () => timers.splice(0).forEach(({ then }) => then());
  return { looks, made, timers, pass };
}

test("what is told while a part looks makes it look once more", () => {
  const { looks, made } = scene();
  looks.ask("list");
  looks.ask("list");
  looks.ask("list");
  assert.deepEqual(made, ["list"]);
  looks.ended("list");
  assert.deepEqual(made, ["list", "list"]);
  looks.ended("list");
  assert.deepEqual(made, ["list", "list"]);
});

test("a look of its own counts as well", () => {
  const { looks, made } = scene();
  looks.began("list");
  looks.ask("list");
  assert.deepEqual(made, []);
  looks.ended("list");
  assert.deepEqual(made, ["list"]);
});

test("parts do not wait for each other", () => {
  const { looks, made } = scene();
  looks.ask("list");
  looks.ask("figures");
  assert.deepEqual(made, ["list", "figures"]);
});

test("what is told in a pause is looked at when the pause is over", () => {
  const { looks, made, timers, pass } = scene();
  looks.ask("figures", 3_000);
  looks.ended("figures");
  looks.ask("figures", 3_000);
  assert.deepEqual(made, ["figures"]);
  pass();
  assert.deepEqual(made, ["figures", "figures"]);
  // And it pauses anew.
  assert.deepEqual(timers.map(({ after }) => after), [3_000]);
  looks.ended("figures");
  pass();
  looks.ask("figures", 3_000);
  assert.deepEqual(made, ["figures", "figures", "figures"]);
});

test("a look that got no answer or was sent away is taken again, later each time", () => {
  const { looks, made, timers, pass } = scene();
  const waits = [];
  looks.ask("list");
  for (const status of [0, 503, 429, 500]) {
    looks.ended("list", status);
    waits.push(timers[0].after);
    pass();
  }
  assert.equal(made.length, 5);
  [1_000, 2_000, 4_000, 8_000].forEach((least, step) => {
    assert.ok(waits[step] >= least && waits[step] <= 2 * least);
  });
  looks.ended("list", 200);
  looks.ask("list");
  looks.ended("list", 503);
  assert.ok(timers[0].after <= 2_000);
});

test("what never works is given up until something is told again", () => {
  const { looks, made, timers, pass } = scene();
  looks.ask("list");
  for (let tries = 0; tries < 30 && looks.busy.size; tries += 1) {
    looks.ended("list", 500);
    pass();
  }
  assert.equal(made.length, 11);
  assert.equal(timers.length, 0);
  looks.ask("list");
  assert.equal(made.length, 12);
});

test("what one may not see is not asked for again", () => {
  const { looks, made, timers } = scene();
  looks.ask("list");
  looks.ended("list", 404);
  assert.equal(timers.length, 0);
  assert.deepEqual(made, ["list"]);
});

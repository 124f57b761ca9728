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

test("a look that was sent away is taken again, after a while", () => {
  const { looks, made, pass } = scene();
  looks.ask("list");
  looks.rest("list", 3_000);
  looks.ask("list");
  looks.ended("list");
  assert.deepEqual(made, ["list"]);
  pass();
  assert.deepEqual(made, ["list", "list"]);
});

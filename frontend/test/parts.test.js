import assert from "node:assert/strict";
import { test } from "node:test";
import { age } from "../js/ages.js";
import de from "../js/words/de.js";
import { matching } from "../js/choices.js";
import { backOff, hears } from "../js/topics.js";

const people = [
  { label: "Tomás Núñez", hint: "Brightside" },
  { label: "Rita Roberts", hint: "Acme Ltd" },
  { label: "Roberta Rossi", hint: "Acme Ltd" },
];
const zones = [{ label: "Europe/London" }, { label: "America/New_York" }, { label: "America/North_Dakota/New_Salem" }];
const labels = (found) => found.map((option) => option.label);

test("a name is found without its accents", () => {
  assert.deepEqual(labels(matching(people, "nunez")), ["Tomás Núñez"]);
});

test("every typed word has to begin a word, in any order", () => {
  assert.deepEqual(labels(matching(people, "acme rob")), ["Rita Roberts", "Roberta Rossi"]);
  assert.deepEqual(labels(matching(people, "ita")), []);
});

test("what begins with the typed word comes first", () => {
  assert.deepEqual(labels(matching(people, "rob")), ["Roberta Rossi", "Rita Roberts"]);
});

test("a zone is found by its city", () => {
  assert.deepEqual(labels(matching(zones, "new york")), ["America/New_York"]);
  assert.deepEqual(labels(matching(zones, "london")), ["Europe/London"]);
});

test("nothing typed leaves the order as it is", () => {
  assert.deepEqual(matching(people, "  "), people);
});

test("a node hears its own topics and what is told to everybody", () => {
  assert.equal(hears("door:1 door:12", "door:12"), true);
  assert.equal(hears("door:12", "door:1"), false);
  assert.equal(hears("door:12", "*"), true);
});

test("each try waits longer, up to twenty seconds, and pages are spread", () => {
  assert.equal(backOff(0, 0), 250);
  assert.equal(backOff(0, 1), 500);
  assert.equal(backOff(3, 1), 4_000);
  assert.equal(backOff(50, 1), 20_000);
});

test("an age is told in the largest whole unit", () => {
  const now = Date.UTC(2026, 0, 30, 12);
  const ago = (seconds) => age(now - seconds * 1000, now);
  assert.equal(ago(2), "just now");
  assert.equal(ago(40), "40 s ago");
  assert.equal(ago(60 * 60 - 1), "59 min ago");
  assert.equal(ago(3 * 3600), "3 h ago");
  assert.equal(ago(86_400), "1 day ago");
  assert.equal(ago(2 * 86_400), "2 days ago");
  assert.equal(ago(-300), "in 5 min");
});

test("what lasts is told by how long it does, from its first second", () => {
  const now = Date.UTC(2026, 0, 30, 12);
  const lasting = (seconds) => age(now - seconds * 1000, now, { lasts: true });
  assert.equal(lasting(0), "for 1 s");
  assert.equal(lasting(300), "for 5 min");
  assert.equal(lasting(2 * 86_400), "for 2 days");
});

test("two weeks back the date says more than an age", () => {
  const now = Date.UTC(2026, 0, 30, 12);
  assert.equal(age(now - 15 * 86_400_000, now), null);
});

test("an age is told in the language of the page, and no minute looks like a metre", () => {
  const now = Date.UTC(2026, 0, 30, 12);
  const told = (seconds, lasts) => age(now - seconds * 1000, now, { lasts, words: de.ages });
  assert.equal(told(300, false), "vor 5 Min.");
  assert.equal(told(300, true), "seit 5 Min.");
  assert.equal(told(2 * 86_400, true), "seit 2 Tagen");
});

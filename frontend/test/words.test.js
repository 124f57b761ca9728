import assert from "node:assert/strict";
import { test } from "node:test";
import de from "../js/words/de.js";
import en from "../js/words/en.js";

const placeholders = (words) => JSON.stringify(words).match(/\{\w+\}/g)?.sort() ?? [];

test("every language says everything, with the same in its braces", () => {
  assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
  for (const [key, words] of Object.entries(en)) {
    assert.deepEqual(placeholders(de[key]), placeholders(words), key);
  }
});

test("no sentence was left in English", () => {
  for (const [key, words] of Object.entries(en)) assert.notDeepEqual(de[key], words, key);
});

test("a week has seven days in every language", () => {
  for (const words of [de, en]) assert.deepEqual([words.dayNames.length, words.dayShort.length], [7, 7]);
});

// Every sentence that scripts say, in the language of the page.
import de from "./words/de.js";
import en from "./words/en.js";

const LANGUAGES = { de, en };
// Where no page stands open, as in tests, English is spoken.
export const WORDS = LANGUAGES[globalThis.document?.documentElement.lang] ?? en;

export const DAY_NAMES = WORDS.dayNames;
export const DAY_SHORT = WORDS.dayShort;
export const AND = WORDS.and;

export function say(key, values = {}) {
  return fill(WORDS[key], values);
}

export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

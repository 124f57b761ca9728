// Who hears what, and how long to wait before trying again. No page in here.

// A node names one or more topics with spaces between; "*" is told to everybody.
export function hears(named, topic) {
  return topic === "*" || named.split(/\s+/).includes(topic);
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;

// Doubles up to a limit; `luck` in 0…1 spreads pages that lost the line together.
export function backOff(tries, luck) {
  const wait = Math.min(FIRST_WAIT * 2 ** tries, LONGEST_WAIT);
  return wait / 2 + (wait / 2) * luck;
}

// Which ticks a click with Shift means. No page in here.

// The places from the last tick to this one, both ends, in order.
export function between(last, now) {
  if (last < 0) return [now];
  const [first, end] = last < now ? [last, now] : [now, last];
  return Array.from({ length: end - first + 1 }, (_, step) => first + step);
}

// What the tick above all others shows: "all", "some" or "none".
export function extent(ticked, rows) {
  if (!ticked) return "none";
  return ticked === rows ? "all" : "some";
}

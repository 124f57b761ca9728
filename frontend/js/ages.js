// "3 minutes ago" from a moment. No page in here.
const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 14],
];

// Null for what lies further back than two weeks: there the date says more.
export function age(moment, now, language = "en") {
  let amount = Math.round((moment - now) / 1000);
  if (Math.abs(amount) < 5) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");
  const format = new Intl.RelativeTimeFormat(language, { numeric: "always", style: "narrow" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return format.format(amount, unit);
    amount = Math.trunc(amount / size);
  }
  return null;
}

// "3 minutes ago" from a moment. No page in here.
const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 14],
];

// Null for what lies further back than two weeks: there the date says more. With `since`, that word stands
// before it: German says then "5 Min." and not "vor 5 Min.".
export function age(moment, now, language = "en", { since = false } = {}) {
  let amount = Math.round((moment - now) / 1000);
  if (Math.abs(amount) < 5) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");
  // Narrower, a German minute is spelled like a metre.
  const style = language === "en" ? "narrow" : "short";
  const format = new Intl.RelativeTimeFormat(language, { numeric: "always", style });
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return spelled(format.formatToParts(amount, unit), since);
    amount = Math.trunc(amount / size);
  }
  return null;
}

function spelled(parts, since) {
  const before = since && parts[0].type === "literal" ? 1 : 0;
  return parts.slice(before).map((part) => part.value).join("");
}

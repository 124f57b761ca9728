// What this browser remembers about looks: theme and folded menu.
const dark = matchMedia("(prefers-color-scheme: dark)");

// A browser may forbid storage; then looks last as long as the page.
export function recall(key, otherwise) {
  try {
    return localStorage.getItem(`doorward.${key}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(key, value) {
  try {
    localStorage.setItem(`doorward.${key}`, value);
  } catch {
    // Nothing to do: see above.
  }
}

export function paintTheme(chosen = recall("theme", "auto")) {
  const root = document.documentElement;
  root.dataset.bsTheme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
  root.dataset.side = recall("side", "open");
}

function pickTheme(event) {
  if (!event.target.matches?.("[data-theme-choice]")) return;
  keep("theme", event.target.value);
  paintTheme(event.target.value);
}

export function startAppearance() {
  const chosen = document.querySelector(`[data-theme-choice][value="${recall("theme", "auto")}"]`);
  if (chosen) chosen.checked = true;
  document.addEventListener("change", pickTheme);
  dark.addEventListener("change", () => paintTheme());
}

// Which options match what was typed. No page in here.
export const SHOWN = 60;

export function plain(text) {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().replace(/[_/,.-]+/g, " ").trim();
}

// Every typed word has to begin some word of the option; earlier beginnings come first.
export function matching(options, typed) {
  const wanted = plain(typed).split(/\s+/).filter(Boolean);
  if (!wanted.length) return options;
  return options
    .map((option) => ({ option, text: ` ${plain(`${option.label} ${option.hint ?? ""}`)}` }))
    .filter(({ text }) => wanted.every((word) => text.includes(` ${word}`)))
    .map(({ option, text }) => ({ option, place: text.indexOf(` ${wanted[0]}`) }))
    .sort((a, b) => a.place - b.place)
    .map(({ option }) => option);
}

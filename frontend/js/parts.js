// Building pieces of a page without markup in strings.
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

let count = 0;

export function freshId(stem) {
  count += 1;
  return `${stem}-${count}`;
}

// Runs `enhance` once on every match, now and in whatever htmx brings later.
export function everyOne(selector, enhance) {
  const seen = new WeakSet();
  const visit = (root) => {
    const found = [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
    for (const node of found) {
      if (seen.has(node)) continue;
      seen.add(node);
      enhance(node);
    }
  };
  visit(document.body);
  document.addEventListener("htmx:load", (event) => visit(event.detail.elt));
}

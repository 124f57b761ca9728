// Build the portal's styles, scripts, icons and fonts into the package's static folder.
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const packages = join(root, "node_modules");
const source = join(root, "src/doorward");
const target = join(source, "kit/static/doorward");

const FONT_SUBSETS = ["latin", "latin-ext", "cyrillic", "greek"];
// Where an icon is named: in a component's tag, in a menu's item, in an `icon` of Python.
const ICON_IN = {
  ".html": /<c-[\w.-]+(?:\s[^>]*?)?\sicon="([a-z0-9-]+)"|<c-icon(?:\s[^>]*?)?\sname="([a-z0-9-]+)"/g,
  ".py": /\bItem\(_\("[^"]*"\), "([a-z0-9-]+)"|\bicon"?[:=] ?"([a-z0-9-]+)"/g,
};

async function bundle() {
  const scripts = ["js/app.js", "js/theme.js"].map((path) => join(here, path));
  const shared = { bundle: true, minify: true, outdir: target, logLevel: "warning" };
  await build({ ...shared, entryPoints: scripts, target: "es2022", format: "iife" });
  await build({
    ...shared,
    entryPoints: [join(here, "css/app.css")],
    target: ["chrome123", "firefox120", "safari17.5"],
    external: ["*.woff2", "data:*"],
  });
}

async function fonts() {
  await mkdir(join(target, "fonts"), { recursive: true });
  const from = join(packages, "@fontsource-variable/inter");
  for (const subset of FONT_SUBSETS) {
    const name = `inter-${subset}-wght-normal.woff2`;
    await cp(join(from, "files", name), join(target, "fonts", name));
  }
  await cp(join(from, "LICENSE"), join(target, "fonts/LICENSE"));
}

async function listedIcons() {
  const lines = (await readFile(join(here, "icons.txt"), "utf8")).split("\n");
  return lines.map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
}

async function iconsInUse() {
  const found = new Map();
  for (const file of await readdir(source, { recursive: true })) {
    const pattern = ICON_IN[extname(file)];
    if (!pattern) continue;
    const text = await readFile(join(source, file), "utf8");
    for (const match of text.matchAll(pattern)) found.set(match[1] ?? match[2], file);
  }
  return found;
}

async function symbol(name) {
  const filled = name.endsWith("-filled");
  const [folder, file] = filled ? ["filled", name.slice(0, -"-filled".length)] : ["outline", name];
  const svg = await readFile(join(packages, "@tabler/icons/icons", folder, `${file}.svg`), "utf8");
  const shapes = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
  const body = shapes.replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "").trim();
  const paint = filled
    ? 'fill="currentColor" stroke="none"'
    : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${body.replace(/\s*\n\s*/g, "")}</symbol>`;
}

async function sprite() {
  const listed = await listedIcons();
  for (const [name, file] of await iconsInUse()) {
    if (!listed.includes(name)) {
      throw new Error(`${file} uses the icon "${name}": add it to frontend/icons.txt`);
    }
  }
  const symbols = await Promise.all(listed.map(symbol));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
  await writeFile(join(target, "icons.svg"), svg);
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await Promise.all([bundle(), fonts(), sprite(), cp(join(here, "art"), target, { recursive: true })]);

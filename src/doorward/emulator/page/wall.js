"use strict";

// The wall asks for all devices each second and touches only what has changed,
// so that nothing a person types or has in focus is lost.

const EVERY_MS = 1000;
const wall = document.getElementById("wall");
const link = document.getElementById("link");
const template = document.getElementById("tile");
const tiles = new Map();

const letter = (number) => "ABCD"[number - 1];

const part = (tile, name) => tile.querySelector(`.${name}`);

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function make(tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function redraw(list, facts, draw) {
  const drawn = JSON.stringify(facts);
  if (list.dataset.drawn === drawn) return;
  list.dataset.drawn = drawn;
  list.replaceChildren(...facts.map(draw));
}

async function send(mac, deed, body) {
  const response = await fetch(`/d/${mac}/${deed}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.problem}: ${answer.mend}.`);
  return answer;
}

function say(tile, text, good) {
  const line = part(tile, "answer");
  line.className = `answer ${good ? "good" : "bad"}`;
  line.textContent = text;
}

async function act(tile, deed, body, sentence) {
  try {
    const answer = await send(tile.dataset.mac, deed, body);
    const [text, good] = sentence(answer);
    say(tile, text, good);
  } catch (error) {
    say(tile, error.message, false);
  }
  await refresh();
}

const outcome = (answer) =>
  answer.accepted
    ? [`Opened relay ${answer.relay.map(letter).join(" and ")}`, true]
    : ["Refused: the door stays shut", false];

const swipe = (tile, card) => act(tile, "swipe", { card: card.trim() }, outcome);
const enter = (tile, pin) => act(tile, "enter_pin", { pin: pin.trim() }, outcome);

const deeds = {
  "clock-true": (tile) => act(tile, "clock", { offset_seconds: 0 }, () => ["Clock is true again", true]),
  "power": (tile) => {
    const on = !tile.classList.contains("cut");
    return act(tile, on ? "power_off" : "power_on", {}, () => [on ? "Power cut" : "Power restored", !on]);
  },
  "reboot": (tile) => act(tile, "reboot", {}, () => ["Rebooting", true]),
  "factory-reset": (tile) => {
    const name = part(tile, "name").textContent;
    if (!confirm(`Forget all people, schedules, settings and logs of ${name}?`)) return undefined;
    return act(tile, "factory_reset", {}, () => ["Reset to factory settings", true]);
  },
};

function build(device) {
  const tile = template.content.firstElementChild.cloneNode(true);
  tile.dataset.mac = device.mac;
  tile.setAttribute("aria-label", device.name);
  part(tile, "swipe").addEventListener("submit", (event) => {
    event.preventDefault();
    swipe(tile, event.target.elements.card.value);
  });
  part(tile, "keypad").addEventListener("submit", (event) => {
    event.preventDefault();
    enter(tile, event.target.elements.pin.value);
  });
  part(tile, "clock").addEventListener("submit", (event) => {
    event.preventDefault();
    act(tile, "clock", { set: event.target.elements.set.value }, () => ["Clock set", true]);
  });
  part(tile, "fault").addEventListener("submit", (event) => {
    event.preventDefault();
    const mode = event.target.elements.mode.value;
    act(tile, "fault", { mode }, () => [mode === "none" ? "No fault" : "Fault applied", true]);
  });
  for (const button of tile.querySelectorAll("[data-deed]")) {
    button.addEventListener("click", () => deeds[button.dataset.deed](tile));
  }
  return tile;
}

function badge(device) {
  if (!device.power) return ["Power cut", "bad"];
  if (device.booting) return ["Rebooting", "wait"];
  if (device.fault !== "none") return [`Fault: ${device.fault.replaceAll("_", " ")}`, "wait"];
  return ["Running", "good"];
}

function drawRelay(relay) {
  const item = make("li", "", relay.open ? "relay open" : "relay");
  const lamp = make("i", "", "lamp");
  lamp.setAttribute("aria-hidden", "true");
  const name = relay.name === `Relay${relay.letter}` ? `Relay ${relay.letter}` : relay.name;
  item.append(lamp, make("b", name));
  const pulses = relay.pulses === 1 ? "1 pulse" : `${relay.pulses} pulses`;
  item.append(make("span", `${relay.open ? "Open" : "Closed"} · ${pulses}`));
  return item;
}

function drawCard(tile) {
  return (known) => {
    const button = make("button", known.holder);
    button.type = "button";
    button.append(make("small", known.card ?? `PIN ${known.pin}`));
    button.addEventListener("click", () => (known.card ? swipe(tile, known.card) : enter(tile, known.pin)));
    return button;
  };
}

function drawRow(row) {
  const item = make("li", "");
  const good = row.Status === "Succ";
  item.append(make("span", row.Time), make("span", `${row.Name} · ${row.Code}`));
  item.append(make("span", good ? `Opened ${[...row.Relay].map(letter).join(", ")}` : "Refused", good ? "good" : "bad"));
  item.title = `Row ${row.ID}, ${row.Date}`;
  return item;
}

function draw(tile, device) {
  const [word, look] = badge(device);
  const dark = !device.power || device.booting;
  tile.classList.toggle("dark", dark);
  tile.classList.toggle("cut", !device.power);
  write(part(tile, "name"), device.name);
  write(part(tile, "model"), `${device.model} · ${device.clock.replace("T", " ")}`);
  write(part(tile, "badge"), word);
  part(tile, "badge").className = `badge ${look}`;
  redraw(part(tile, "relays"), device.relays, drawRelay);
  redraw(part(tile, "cards"), [...device.cards, ...device.pins], drawCard(tile));
  redraw(part(tile, "rows"), device.log, drawRow);
  part(tile, "none").hidden = device.log.length > 0;
  for (const button of tile.querySelectorAll(".swipe button, .cards button, [data-deed='reboot']")) {
    button.disabled = dark;
  }
  write(tile.querySelector("[data-deed='power']"), device.power ? "Cut the power" : "Restore the power");
  write(
    part(tile, "facts"),
    `${device.users} people · ${device.schedules} schedules · MAC ${device.mac} · firmware ${device.firmware} · ${device.api}`
  );
  const set = part(tile, "clock").elements.set;
  if (!set.value) set.value = device.clock.slice(0, 19);
}

async function refresh() {
  let devices;
  try {
    const response = await fetch("/devices", { cache: "no-store" });
    ({ devices } = await response.json());
  } catch {
    link.className = "link lost";
    write(link, "Emulator does not answer");
    return;
  }
  link.className = "link live";
  write(link, "Live");
  document.getElementById("empty").hidden = devices.length > 0;
  for (const device of devices) {
    if (!tiles.has(device.mac)) {
      tiles.set(device.mac, build(device));
      wall.append(tiles.get(device.mac));
    }
    draw(tiles.get(device.mac), device);
  }
}

async function live() {
  await refresh();
  setTimeout(live, EVERY_MS);
}

live();

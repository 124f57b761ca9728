"use strict";

// The wall asks for all devices each second and touches only what has changed,
// so that nothing a person types or has in focus is lost.

const EVERY_MS = 1000;
const wall = document.getElementById("wall");
const link = document.getElementById("link");
const template = document.getElementById("tile");
const doorTemplate = document.getElementById("door");
const inputTemplate = document.getElementById("input");
const tiles = new Map();

const letter = (number) => "ABCD"[number - 1];

const part = (tile, name) => tile.querySelector(`.${name}`);

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const counted = (number, one, many) => `${number} ${number === 1 ? one : many}`;
const peopleOf = (number) => counted(number, "person", "people");

// What a person has typed stays.
function fill(field, value) {
  if (!field.value) field.value = value;
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

async function send(place, deed, body) {
  const response = await fetch(`/d/${place}/${deed}`, {
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
    const answer = await send(tile.dataset.place, deed, body);
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

const nameOf = (tile) => part(tile, "name").textContent;

const edit = (tile, deed, done) =>
  act(tile, "edit_locally", { deed }, (answer) => [`${answer.row.Name} ${done}`, true]);

const tie = (tile, value, done) =>
  act(tile, "set_locally", { key: "Config.DoorSetting.CONNECT.ServerMode", value }, () => [done, true]);

const deeds = {
  "clock-true": (tile) => act(tile, "clock", { offset_seconds: 0 }, () => ["Clock is true again", true]),
  "power": (tile) => {
    const on = !tile.classList.contains("cut");
    return act(tile, on ? "power_off" : "power_on", {}, () => [on ? "Power cut" : "Power restored", !on]);
  },
  "reboot": (tile) => act(tile, "reboot", {}, () => ["Rebooting", true]),
  "tamper": (tile) => {
    const on = !tile.classList.contains("tampered");
    return act(tile, "tamper", { on }, () => [on ? "Tampered with" : "Screwed on again", !on]);
  },
  "press-button": (tile) => act(tile, "press_button", {}, () => ["Called 1001", true]),
  "add-person": (tile) => edit(tile, "add", "added at the device"),
  "change-person": (tile) => edit(tile, "change", "changed at the device"),
  "remove-person": (tile) => edit(tile, "remove", "removed at the device"),
  "tie": (tile) => tie(tile, "1", "Tied to an on-premise manager"),
  "untie": (tile) => tie(tile, "0", "On nobody’s manager any more"),
  "back-up": (tile) => act(tile, "back_up", {}, (answer) => [`${peopleOf(answer.people)} backed up`, true]),
  "restore": (tile) => act(tile, "restore", {}, (answer) => [`${peopleOf(answer.people)} put back`, true]),
  "lose-log": (tile) => {
    if (!confirm(`Empty the door log of ${nameOf(tile)}?`)) return undefined;
    return act(tile, "lose_log", {}, () => ["The log begins at 1 again", true]);
  },
  "factory-reset": (tile) => {
    if (!confirm(`Forget all people, schedules, settings and logs of ${nameOf(tile)}?`)) return undefined;
    return act(tile, "factory_reset", {}, () => ["Reset to factory settings", true]);
  },
  "replace": (tile) => {
    if (!confirm(`Hang a factory-fresh device with another MAC in the place of ${nameOf(tile)}?`)) return undefined;
    return act(tile, "replace", {}, (answer) => [`Now it is ${answer.mac}`, true]);
  },
};

const doorDeeds = {
  "press_exit": (tile, door) => act(tile, "press_exit", { door }, () => ["Exit button pressed", true]),
  "hold_door": (tile, door) => act(tile, "hold_door", { door }, () => ["Held open: the alarm comes in a second", false]),
  "leaf": (tile, door, open) =>
    act(tile, open ? "close_door" : "open_door", { door }, () => [open ? "Door closed" : "Door opened", true]),
};

function buildDoors(tile, device) {
  const wired = (kind, door) => device.inputs.some((one) => one.kind === kind && one.door === door);
  for (const relay of device.relays) {
    const item = doorTemplate.content.firstElementChild.cloneNode(true);
    for (const button of item.querySelectorAll("[data-door]")) {
      const deed = button.dataset.door;
      button.hidden = !wired(deed === "press_exit" ? "exit" : "contact", relay.relay);
      button.addEventListener("click", () => doorDeeds[deed](tile, relay.relay, item.classList.contains("ajar")));
    }
    part(tile, "relays").append(item);
  }
  for (const one of device.inputs) {
    const item = inputTemplate.content.firstElementChild.cloneNode(true);
    const button = item.querySelector("button");
    button.addEventListener("click", () => {
      const on = !item.classList.contains("on");
      act(tile, "fire_input", { input: one.input, on }, () => [`Input ${one.letter} ${on ? "on" : "off"}`, true]);
    });
    part(tile, "inputs").append(item);
  }
}

function build(device) {
  const tile = template.content.firstElementChild.cloneNode(true);
  tile.dataset.place = device.place;
  tile.setAttribute("aria-label", device.name);
  buildDoors(tile, device);
  const onSubmit = (name, deed) =>
    part(tile, name).addEventListener("submit", (event) => {
      event.preventDefault();
      deed(event.target.elements);
    });
  onSubmit("swipe", (typed) => swipe(tile, typed.card.value));
  onSubmit("keypad", (typed) => enter(tile, typed.pin.value));
  onSubmit("clock", (typed) => act(tile, "clock", { set: typed.set.value }, () => ["Clock set", true]));
  onSubmit("drift", (typed) => {
    const seconds = Number(typed.seconds_a_day.value);
    return act(tile, "drift_clock", { seconds_a_day: seconds }, () => [`Drifts ${seconds} s a day`, true]);
  });
  onSubmit("delays", (typed) => {
    const [settle, save] = [typed.settle_seconds, typed.save_seconds].map((field) => Number(field.value));
    return act(tile, "quirks", { settle_seconds: settle, save_seconds: save }, () => ["Delays set", true]);
  });
  onSubmit("fault", (typed) => {
    const mode = typed.mode.value;
    return act(tile, "fault", { mode }, () => [mode === "none" ? "No fault" : "Fault applied", true]);
  });
  for (const box of tile.querySelectorAll(".quirks input")) {
    box.addEventListener("change", () =>
      act(tile, "quirks", { [box.name]: box.checked }, () => [box.checked ? "Habit taken on" : "Habit dropped", true])
    );
  }
  for (const button of tile.querySelectorAll("[data-deed]")) {
    button.addEventListener("click", () => deeds[button.dataset.deed](tile));
  }
  tile.querySelector("[data-deed='press-button']").hidden = !device.calls;
  return tile;
}

function badge(device) {
  if (!device.power) return ["Power cut", "bad"];
  if (device.booting) return ["Rebooting", "wait"];
  if (device.fault !== "none") return [`Fault: ${device.fault.replaceAll("_", " ")}`, "wait"];
  return ["Running", "good"];
}

function drawDoor(item, relay) {
  const ajar = relay.door_open === true;
  item.classList.toggle("open", relay.open);
  item.classList.toggle("ajar", ajar);
  const name = relay.name === `Relay${relay.letter}` ? `Relay ${relay.letter}` : relay.name;
  write(item.querySelector("b"), name);
  const pulses = counted(relay.pulses, "pulse", "pulses");
  const leaf = relay.door_open === null ? "" : ` · door ${ajar ? "open" : "shut"}`;
  write(item.querySelector("span"), `${relay.open ? "Open" : "Closed"} · ${pulses}${leaf}`);
  write(item.querySelector("[data-door='leaf']"), ajar ? "Close door" : "Open door");
}

function drawInput(item, one) {
  const what = { exit: `exit button ${letter(one.door)}`, contact: `contact of door ${letter(one.door)}`, other: "free" };
  item.classList.toggle("on", one.on);
  write(item.querySelector("span"), `Input ${one.letter}, ${what[one.kind]}: ${one.on ? "on" : "off"}`);
  write(item.querySelector("button"), one.on ? "Turn off" : "Turn on");
  item.querySelector("button").setAttribute("aria-label", `${one.on ? "Turn off" : "Turn on"} input ${one.letter}`);
}

function alarmWords(alarm) {
  if (alarm.kind === "tamper") return "device tampered with";
  return `door ${letter(alarm.door)} ${alarm.kind === "forced" ? "forced" : "held open"}`;
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
  device.relays.forEach((relay, place) => drawDoor(part(tile, "relays").children[place], relay));
  device.inputs.forEach((one, place) => drawInput(part(tile, "inputs").children[place], one));
  write(part(tile, "alarm"), device.alarms.length ? `Alarm: ${device.alarms.map(alarmWords).join(", ")}` : "");
  tile.classList.toggle("tampered", device.tampered);
  write(tile.querySelector("[data-deed='tamper']"), device.tampered ? "Screw it on again" : "Tamper with it");
  for (const box of tile.querySelectorAll(".quirks input")) box.checked = device.quirks.includes(box.name);
  redraw(part(tile, "cards"), [...device.cards, ...device.pins], drawCard(tile));
  redraw(part(tile, "rows"), device.log, drawRow);
  part(tile, "none").hidden = device.log.length > 0;
  const live = ".swipe button, .cards button, .door button, .inputs button, [data-deed='tamper'], [data-deed='reboot']";
  for (const button of tile.querySelectorAll(`${live}, [data-deed='press-button']`)) {
    button.disabled = dark;
  }
  write(tile.querySelector("[data-deed='power']"), device.power ? "Cut the power" : "Restore the power");
  write(
    part(tile, "facts"),
    [
      `${peopleOf(device.users)} · ${counted(device.schedules, "schedule", "schedules")}`,
      `MAC ${device.mac} · firmware ${device.firmware}`,
      device.tls ?? device.api,
      device.told.length ? `Action URLs called last: ${device.told.join(", ")}` : "No action URL called yet",
    ].join(" · ")
  );
  tile.querySelector("[data-deed='restore']").disabled = !device.backup;
  fill(part(tile, "drift").elements.seconds_a_day, device.drift_seconds_a_day);
  fill(part(tile, "delays").elements.settle_seconds, device.settle_seconds);
  fill(part(tile, "delays").elements.save_seconds, device.save_seconds);
  fill(part(tile, "clock").elements.set, device.clock.slice(0, 19));
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
    if (!tiles.has(device.place)) {
      tiles.set(device.place, build(device));
      wall.append(tiles.get(device.place));
    }
    draw(tiles.get(device.place), device);
  }
}

async function live() {
  await refresh();
  setTimeout(live, EVERY_MS);
}

live();

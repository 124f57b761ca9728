import assert from "node:assert/strict";
import { test } from "node:test";
import { crossesMidnight, fault, painted, sentence } from "../js/week.js";

const office = { days: [0, 1, 2, 3, 4], start: "08:00", end: "18:00" };
const once = { repeat: "never", days: [], start: "2026-12-24T10:00", end: "2026-12-24T12:00" };

test("what opens once is said after the week and not painted on it", () => {
  assert.equal(sentence([once, office]), "Weekdays 08:00–18:00; 2026-12-24 10:00–12:00 once");
  assert.deepEqual(painted([once]), painted([]));
  assert.equal(crossesMidnight(once), false);
});

test("what opens once over days names both of them", () => {
  assert.equal(sentence([{ ...once, end: "2026-12-26T06:00" }]), "2026-12-24 10:00 to 2026-12-26 06:00 once");
});

test("a period wants both moments, the end after the start", () => {
  assert.equal(fault(once), null);
  assert.equal(fault({ ...once, end: "" }), "noMoment");
  assert.equal(fault({ ...once, end: once.start }), "endFirst");
});

test("dates are written as the site does, and the days between which it counts are said", () => {
  const said = (first, last) => sentence([office], { order: "dmy", first, last });
  assert.equal(said("2026-12-01", ""), "Weekdays 08:00–18:00 from 01.12.2026 on");
  assert.equal(said("", "2027-01-31"), "Weekdays 08:00–18:00 to the end of 31.01.2027");
  assert.equal(said("2026-12-01", "2027-01-31"), "Weekdays 08:00–18:00 from 01.12.2026 to the end of 31.01.2027");
  assert.equal(sentence([once], { order: "mdy" }), "12/24/2026 10:00–12:00 once");
});

test("what opens once outside of these days is said to be so", () => {
  const said = (first, last) => sentence([once], { first, last });
  assert.match(said("2026-12-25", ""), /not between/);
  assert.match(said("", "2026-12-23"), /not between/);
  assert.doesNotMatch(said("2026-12-24", "2026-12-24"), /not between/);
});

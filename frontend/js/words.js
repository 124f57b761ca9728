// Every sentence that scripts say, in one place.
export const DAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
export const DAY_SHORT = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
export const AND = " and ";

const WORDS = {
  addedTo: "{day} {start} to {end} added.",
  allChosen: "All that match",
  allDay: "all day",
  always: "Always",
  cellOff: "{day} {time}, closed",
  cellOn: "{day} {time}, open",
  chosen: "{count} selected",
  chosenRemove: "Remove {name}",
  close: "Close",
  copied: "Copied",
  copyDay: "Copy {day} to …",
  copyFailed: "Press Ctrl-C",
  dayRange: "{first} to {last}",
  daysOfRow: "Days of hours {row}",
  endOfRow: "End of hours {row}",
  everyDay: "Every day",
  fileTooLarge: "This file is too large: at most {size} MB are taken.",
  from: "from {time}",
  markBegun: "Began at {day} {time}. Move and press Space to end, Escape to leave.",
  moreMatches: "{count} more: type to narrow down",
  never: "Never: no hours chosen yet",
  newLines: "{count} new",
  nextDay: "next day",
  noDay: "Choose at least one day.",
  noMatch: "Nothing matches",
  noTime: "Type a start and an end, such as 08:00 and 18:00.",
  notSent: "The answer did not come. Check the connection and try again.",
  overnight: "{start} to {end} the next day",
  passkeyFailed: "The passkey was not used. Try again, or take another way.",
  passkeyNone: "This browser has no passkeys here: they need https, or localhost.",
  pageEnded: "You are signed out, or this page is too old. Load it again.",
  refused: "That was refused. Load the page again to see the present state.",
  removeRow: "Remove hours {row}",
  sameTime: "The end is the same as the start.",
  serverFault: "Something broke on the server. Nothing was changed; try again in a moment.",
  startOfRow: "Start of hours {row}",
  takenFrom: "{day} {start} to {end} taken away.",
  to: "to",
  toAll: "Every day",
  toDay: "To {day}",
  toWeekdays: "Weekdays",
  until: "until {time}",
  weekGrid: "Week",
  weekdays: "Weekdays",
  weekends: "Weekends",
};

export function say(key, values = {}) {
  return WORDS[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

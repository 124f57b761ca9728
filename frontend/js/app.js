// Everything that moves in the portal.
import "htmx.org";
import { startAppearance } from "./appearance.js";
import { startBulk } from "./bulk.js";
import { startCopying } from "./copying.js";
import { startDoors } from "./doors.js";
import { startFloating } from "./floating.js";
import { startFrame } from "./frame.js";
import { startLive } from "./live.js";
import { startLogs } from "./log.js";
import { startPickers } from "./picker.js";
import { startTimes } from "./times.js";
import { startWeekEditors } from "./week_editor.js";

startAppearance();
startFrame();
startFloating();
startCopying();
startTimes();
startPickers();
startWeekEditors();
startBulk();
startDoors();
startLogs();
startLive();

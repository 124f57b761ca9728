// Everything that moves in the portal.
import "htmx.org";
import { startAppearance } from "./appearance.js";
import { startBulk } from "./bulk.js";
import { startCodes } from "./codes.js";
import { startCopying } from "./copying.js";
import { startDoors } from "./doors.js";
import { startFiles } from "./files.js";
import { startFloating } from "./floating.js";
import { startForms } from "./forms.js";
import { startFrame } from "./frame.js";
import { startLive } from "./live.js";
import { startLogs } from "./log.js";
import { startPalette } from "./palette.js";
import { startPasskeys } from "./passkeys.js";
import { startPickers } from "./picker.js";
import { startTimes } from "./times.js";
import { startWeekEditors } from "./week_editor.js";
import { startWorks } from "./works.js";

startAppearance();
startFrame();
startFloating();
startPalette();
startCopying();
startCodes();
startPasskeys();
startTimes();
startPickers();
startWeekEditors();
startBulk();
startDoors();
startLogs();
startWorks();
startFiles();
startLive();
// Last: what the parts have made of a form is what stood in it.
startForms();

// Runs before the first paint: the chosen theme, or the system's, and whether the menu is folded.
import { paintTheme } from "./appearance.js";

paintTheme();

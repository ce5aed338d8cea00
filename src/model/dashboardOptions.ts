import { pathOption } from "../io/node.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { flag, number, text } from "../options/kinds.js";

export const DASHBOARD = declare("Dashboard", {
  /** The port of the page, from 0 to 65535. Default 0: any that is free. */
  port: number({ default: 0, min: 0, max: 65_535, whole: true }),
  /** Whether the page is opened in the browser. Default false: its address is written to stderr. */
  open: flag({ default: false, aka: ["openBrowser"] }),
  /** What the training is called on the page. Default: the type of the model. */
  name: text({ aka: ["runName"] }),
  /** Whether the process stays when all is done, so that the page does, until `close`. Default false. */
  keepOpen: flag({ default: false }),
  /** The path of a folder: the training is written there as JSON, and those that other processes wrote there are shown. Default none. */
  runs: pathOption({ aka: ["folder", "logDir", "logdir"] }),
});

/** Options of `Dashboard`. */
export interface DashboardOptions extends OptionsOf<typeof DASHBOARD> {}

export type DashboardSettings = SettingsOf<typeof DASHBOARD>;

/** Options of a user's own layers, losses and optimizers are declared as the library's are. */
export type { Declaration, Declared, OptionsOf, SettingsOf } from "./declare.js";
export { callable, choice, count, declare, flag, number, text } from "./own.js";

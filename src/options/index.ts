/** Options of a user's own layers, losses and optimizers are declared as the library's are. */
export { type Declaration, type Declared, declare, type OptionsOf, type SettingsOf } from "./declare.js";
export { callable, choice, count, flag, number, text } from "./kinds.js";

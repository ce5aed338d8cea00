/** The door `simdgrad/digits`: apart from the core, which does not carry the data of those who do not ask for them. */
export type { Dataset, Labelled } from "./io/dataset.js";
export { type DigitsOptions, loadDigits } from "./io/digits.js";

import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";

/** How much each class counts, by label; 1 for labels that are not named. */
export type ClassWeight = Record<number, number> | readonly number[];

/** The option that holds weights of classes. */
export const classWeightOption = option<ClassWeight, { readonly mend: (value: unknown) => string | undefined }>(
  "{ label: weight } or an array with a weight for each class, numbers ≥ 0",
  (value) => (Array.isArray(value) ? value.every(isWeight) : isPlain(value) && Object.entries(value).every(isEntry)),
  {
    mend: (value: unknown) => {
      const wrong = typeof value === "object" && value !== null ? Object.entries(value).find((entry) => !isEntry(entry)) : undefined;
      return wrong === undefined ? undefined : `Look at ${wrong[0]}: ${String(wrong[1])}.`;
    },
  },
);

function isWeight(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value < Infinity;
}

/** Labels are whole numbers. */
function isEntry([label, weight]: [string, unknown]): boolean {
  return /^-?\d+$/.test(label) && isWeight(weight);
}

import { type Rows, readLabels, readRows } from "../../classic/samples.js";
import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { kindText, message, shapeText } from "../../errors/message.js";
import { option } from "../../options/option.js";
import type { TensorLike } from "../../tensor/nested.js";

/** Samples with the class of each. */
export interface LabelledSamples {
  /** [n, features] */
  readonly x: TensorLike;
  /** Labels [n] that count from 0. */
  readonly y: TensorLike;
}

/** Samples and labels that were read. */
export interface Labelled {
  readonly rows: Rows;
  readonly labels: Int32Array;
  /** One more than the greatest label. */
  readonly classes: number;
}

/** @param width the features that samples must have; undefined: any @throws ShapeError, ArgumentError, DTypeError, IndexError */
export function readLabelled(op: string, data: LabelledSamples, width?: number): Labelled {
  if (typeof data !== "object" || data === null || !("x" in data) || !("y" in data)) {
    throw new ArgumentError(message(op, `data is ${kindText(data)}; expected { x, y }`, "Write { x, y: labels }."));
  }
  const rows = readRows(op, data.x);
  if (width !== undefined && rows.width !== width) {
    const mend = "Draw two of the features, or the first principal components: see PCA.";
    throw new ShapeError(message(op, `x is ${shapeText([rows.n, rows.width])}; expected [n, ${width}], samples in the plane`, mend));
  }
  const labels = readLabels(op, data.y, rows.n);
  return { rows, labels, classes: labels.reduce((most, label) => Math.max(most, label), 0) + 1 };
}

/** The names of the classes, as an option. Default null: "class 0", "class 1" … */
export const classNamesOption = option<readonly string[], { default: null; aka: string[] }>("a list of strings", areStrings, {
  default: null,
  aka: ["labels", "names"],
});

/** What stands at the two axes, as an option. */
export const featureNamesOption = option<readonly string[], { default: readonly string[]; aka: string[] }>(
  "a list of two strings",
  (value) => areStrings(value) && value.length === 2,
  { default: ["x₁", "x₂"], aka: ["axes", "features"] },
);

function areStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

/** A name for each class. @throws ArgumentError for too few of them */
export function namesOf(op: string, given: readonly string[] | null, classes: number): readonly string[] {
  if (given === null) return Array.from({ length: classes }, (_, k) => `class ${k}`);
  if (given.length >= classes) return given.slice(0, classes);
  throw new ArgumentError(message(op, `classNames has ${given.length} names; expected one for each of ${classes} classes`));
}

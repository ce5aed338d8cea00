import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import type { Shape } from "../tensor/shape.js";

/** What an equation says of some operands: the letter of each of their axes, and those of the result in order. */
export interface Equation {
  readonly inputs: readonly string[];
  readonly output: string;
  /** The extent that each letter has after broadcasting. */
  readonly extents: ReadonlyMap<string, number>;
}

const DOTS = "...";
/** Letters, with one "..." among them at most. */
const PART = /^[a-zA-Z]*(\.\.\.)?[a-zA-Z]*$/;
/** The first of the letters that stand for the axes of "...": none that a user can write. */
const FIRST_OF_DOTS = 0x2460;

/**
 * Reads an equation of `einsum`. The axes that "..." stands for get letters of their own, counted from the last: as in broadcasting,
 * operands may have different numbers of them.
 * @throws ArgumentError for an equation that cannot be read, ShapeError for extents that do not broadcast
 */
export function readEquation(equation: string, shapes: readonly Shape[]): Equation {
  const [left, right, ...more] = equation.replaceAll(" ", "").split("->");
  const parts = left.split(",");
  if (more.length > 0 || ![...parts, right ?? ""].every((part) => PART.test(part))) {
    const expected = 'expected letters, commas and "...", then at most one ->';
    throw new ArgumentError(message("einsum", `cannot read the equation "${equation}"; ${expected}`));
  }
  if (parts.length !== shapes.length) {
    throw new ArgumentError(message("einsum", `"${equation}" has ${parts.length} operands; ${shapes.length} given`));
  }
  const counts = parts.map((part, i) => axesOfDots(part, i, shapes[i]));
  const most = Math.max(...counts);
  const inputs = parts.map((part, i) => part.replace(DOTS, lettersOfDots(most - counts[i], most)));
  const extents = extentsOf(inputs, shapes);
  const output = right === undefined ? implicit(inputs, most) : right.replace(DOTS, lettersOfDots(0, most));
  const unknown = [...output].find((letter, i) => !extents.has(letter) || output.indexOf(letter) !== i);
  if (unknown !== undefined) {
    const found = `"${unknown}" behind the arrow of "${equation}" must stand there once and name an axis of an operand`;
    throw new ArgumentError(message("einsum", found));
  }
  return { inputs, output, extents };
}

/** How many axes the "..." of a part stands for. @throws ShapeError unless the part names the axes of the shape */
function axesOfDots(part: string, i: number, shape: Shape): number {
  const named = part.replace(DOTS, "").length;
  if (part.includes(DOTS) ? named <= shape.length : named === shape.length) return shape.length - named;
  throw new ShapeError(message("einsum", `"${part}" names ${named} axes; operand ${i} has shape ${shapeText(shape)}`));
}

function lettersOfDots(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, k) => String.fromCharCode(FIRST_OF_DOTS + from + k)).join("");
}

/** Without an arrow: the axes of "...", then the letters that occur once, in alphabetical order. */
function implicit(inputs: readonly string[], dots: number): string {
  const all = inputs.join("");
  const once = [...all].filter((letter) => letter.charCodeAt(0) < FIRST_OF_DOTS && all.indexOf(letter) === all.lastIndexOf(letter));
  return lettersOfDots(0, dots) + once.sort().join("");
}

/** The extent of each letter. One of 1 meets any other; within an operand, where a letter twice is a diagonal, both are the same. */
function extentsOf(inputs: readonly string[], shapes: readonly Shape[]): Map<string, number> {
  const extents = new Map<string, number>();
  inputs.forEach((letters, i) => {
    const shape = shapes[i];
    [...letters].forEach((letter, axis) => {
      const extent = shape[axis];
      const found = extents.get(letter) ?? extent;
      const diagonal = shape[letters.indexOf(letter)];
      const meets = diagonal === extent && (found === extent || found === 1 || extent === 1);
      if (!meets) {
        const name = letter.charCodeAt(0) < FIRST_OF_DOTS ? letter : DOTS;
        const other = diagonal === extent ? found : diagonal;
        throw new ShapeError(message("einsum", `"${name}" is ${other} and, in operand ${i} ${shapeText(shape)}, ${extent}`));
      }
      extents.set(letter, found === 1 ? extent : found);
    });
  });
  return extents;
}

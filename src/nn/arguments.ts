import { ArgumentError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";
import type { DType } from "../memory/views.js";
import { isPlain } from "../options/plain.js";
import { zeros } from "../tensor/creation.js";
import { isDType } from "../tensor/dtype.js";
import { MAX_RANK, type Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { Buffer } from "./buffer.js";

/**
 * The arguments of a described operation, as JSON. Where JSON has no word there stands an object: an input of the operation, a
 * tensor, a number that is not finite, an argument left out.
 */
type Place = { input: number } | Constant | { number: string } | { absent: true };

/** A tensor among the arguments: its shape and type. Its elements are state of the model. */
export interface Constant {
  readonly constant: Shape;
  readonly dtype: DType;
  /** Whether it is trained. */
  readonly trained: boolean;
}

/** Arrays and objects in each other: no operation takes deeper ones. */
const MOST_LEVELS = 4;

/** The numbers that JSON does not tell from null and 0. */
const NUMBERS = [Number.NaN, Infinity, -Infinity, -0];

const PLACES: Readonly<Record<string, (place: Record<string, unknown>) => boolean>> = {
  input: ({ input }) => isWhole(input),
  constant: ({ constant, dtype, trained }) => isShape(constant) && isDType(dtype) && typeof trained === "boolean",
  number: ({ number }) => NUMBERS.some((value) => numberText(value) === number),
  absent: ({ absent }) => absent === true,
};

/** Visits what stands in arguments: `visit` gives what is to stand in its place, with `inside()` for the same with its parts visited. */
export function mapArguments(args: readonly unknown[], visit: (value: unknown, inside: () => unknown) => unknown): unknown[] {
  const parts = (value: unknown, level: number): unknown => {
    const each = (part: unknown): unknown => visit(part, () => parts(part, level + 1));
    if (level > MOST_LEVELS) return value;
    if (Array.isArray(value)) return value.map(each);
    return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, each(part)])) : value;
  };
  return parts(args, 0) as unknown[];
}

/**
 * Arguments as JSON. Tensors among them are appended to `constants`: a Parameter itself, a copy of other data.
 * @throws ArgumentError for the result of an operation that is to be trained, which would be a constant
 */
export function writtenArguments(args: readonly unknown[], constants: Parameter[]): unknown[] {
  return mapArguments(args, (value, inside) => {
    if (value === undefined) return { absent: true } satisfies Place;
    if (NUMBERS.some((number) => Object.is(number, value))) return { number: numberText(value as number) } satisfies Place;
    if (isConstant(value)) constants.push(emptyConstant(value));
    if (!(value instanceof Tensor)) return inside();
    if (value.requiresGrad && !(value instanceof Parameter)) {
      const problem = `a tensor ${shapeText(value.shape)} with requiresGrad stands beside symbolic tensors, where it would stay as it is`;
      throw new ArgumentError(message("Operation", problem, "Pass a Parameter, which is trained, or tensor.detach()."));
    }
    const held = value instanceof Parameter ? value : new Buffer(value);
    constants.push(held);
    return { constant: held.shape, dtype: held.dtype, trained: held.requiresGrad } satisfies Place;
  });
}

/** Gives an argument as the operation takes it. */
export type Reader = (inputs: readonly Tensor[], constants: readonly Parameter[]) => unknown;

/** A reader for each of written arguments; what is the same in each call is read once. */
export function readersOf(written: readonly unknown[]): Reader[] {
  let constants = 0;
  const readerOf = (value: unknown): Reader => {
    switch (placeOf(value)) {
      case "input": {
        const { input } = value as { input: number };
        return (inputs) => inputs[input];
      }
      case "constant": {
        const i = constants++;
        return (_, held) => held[i];
      }
      case "number": {
        const number = Number((value as { number: string }).number);
        return () => number;
      }
      case "absent":
        return () => undefined;
      default:
        return readerOfParts(value);
    }
  };
  const readerOfParts = (value: unknown): Reader => {
    if (Array.isArray(value)) {
      const parts = value.map(readerOf);
      return (...from) => parts.map((part) => part(...from));
    }
    if (!isPlain(value)) return () => value;
    const parts = Object.entries(value).map(([key, part]) => [key, readerOf(part)] as const);
    return (...from) => Object.fromEntries(parts.map(([key, part]) => [key, part(...from)]));
  };
  return written.map(readerOf);
}

/** The tensors that written arguments tell of, in their order. */
export function constantsIn(written: readonly unknown[]): Constant[] {
  return all(written, "constant") as unknown as Constant[];
}

/** How many inputs written arguments tell of. */
export function inputsIn(written: readonly unknown[]): number {
  return new Set(all(written, "input").map(({ input }) => input)).size;
}

/** Whether a value is arguments as JSON: nothing that a file may hold passes but what `writtenArguments` writes. */
export function areWritten(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every((part) => isWritten(part, 1))) return false;
  const inputs = all(value, "input").map(({ input }) => input as number);
  return inputs.length > 0 && Math.max(...inputs) === new Set(inputs).size - 1;
}

function isWritten(value: unknown, level: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  const place = placeOf(value);
  if (place !== null) return PLACES[place](value as Record<string, unknown>);
  if (level > MOST_LEVELS || !(Array.isArray(value) || isPlain(value))) return false;
  return Object.values(value).every((part) => isWritten(part, level + 1));
}

function all(written: readonly unknown[], kind: string): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  mapArguments(written, (value, inside) => {
    if (placeOf(value) !== kind) return inside();
    found.push(value as Record<string, unknown>);
    return value;
  });
  return found;
}

/** What kind of place an object is; null for anything else. */
function placeOf(value: unknown): string | null {
  if (!isPlain(value)) return null;
  const [first] = Object.keys(value);
  return first !== undefined && Object.hasOwn(PLACES, first) ? first : null;
}

function isConstant(value: unknown): value is Constant {
  return placeOf(value) === "constant" && PLACES.constant(value as Record<string, unknown>);
}

function emptyConstant({ constant, dtype, trained }: Constant): Parameter {
  const elements = zeros(constant, { dtype });
  return trained ? new Parameter(elements) : new Buffer(elements);
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isShape(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MAX_RANK && value.every(isWhole);
}

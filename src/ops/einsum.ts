import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { DType } from "../memory/views.js";
import { describeCall } from "../tensor/check.js";
import { isFloating, promoteTensors } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { type Equation, readEquation } from "./equation.js";
import { matmul } from "./linalg.js";

/**
 * Einstein summation: letters name axes, and letters that do not stand behind the arrow are summed. Operands are taken from
 * the left, two at a time, each pair as one (batched) matrix product of permuted operands.
 * Integers are summed exactly and give int32, bools and bytes too; a result outside it is an error.
 * Shape:     the letters in front of the arrow → those behind it
 * Gradient:  of the permutations, sums and products that it is made of
 * @param equation such as "ij,jk->ik". "..." stands for the other axes, which broadcast from the last one on. A letter twice in one
 *   operand takes its diagonal. Without an arrow the result has the axes of "..." and then the letters that occur once, capitals
 *   first, in alphabetical order. As in PyTorch, the axes of "..." are summed if it does not stand behind the arrow
 * @param operands one tensor a part; a letter has one extent everywhere, or 1, which is repeated
 * @throws ArgumentError for an equation that cannot be read, ShapeError for extents that differ, DTypeError where a result is outside
 *   int32
 * @example einsum("ij,kj->ik", tensor([[1, 2]]), tensor([[3, 4], [5, 6]]))   // [[11, 17]]
 * @example einsum("ii->i", tensor([[1, 2], [3, 4]]))   // [1, 4], the diagonal
 * @example einsum("...i,i->...", ones([2, 3, 4]), ones([4])).shape   // [2, 3]
 */
export function einsum(equation: string, ...operands: Tensor[]): Tensor {
  const other = operands.findIndex((x) => !(x instanceof Tensor));
  if (other >= 0 && typeof equation === "string") {
    return describeCall("einsum", `operand ${other}`, operands[other], [equation, ...operands]);
  }
  if (typeof equation !== "string")
    throw new ArgumentError(message("einsum", "the first argument is no string", 'Write einsum("ij,jk->ik", a, b).'));
  const read = readEquation(
    equation,
    operands.map(({ shape }) => shape),
  );
  const { dtype } = operands.reduce(meeting, operands[0]);
  const labelled = (type: DType): Labelled[] => operands.map((x, i) => unrepeated({ x: x.cast(type), letters: read.inputs[i] }, read));
  if (isFloating(dtype)) return summed(labelled(dtype), read.output);
  // In float64 whatever fits into int32 is exact, unless a product or a sum on the way is beyond 2⁵³.
  return castTo(summed(labelled("float64"), read.output), { dtype: "int32", op: "einsum" });
}

type Kind = Pick<Tensor, "dtype" | "rank">;

/** The element type of two operands, and the higher rank. */
function meeting(a: Kind, b: Kind): Kind {
  return { dtype: promoteTensors(a, b), rank: Math.max(a.rank, b.rank) };
}

function summed(operands: readonly Labelled[], output: string): Tensor {
  let left = takeDiagonals(operands[0]);
  for (let i = 1; i < operands.length; i++) {
    const later = new Set([...output, ...operands.slice(i + 1).flatMap(({ letters }) => [...letters])]);
    left = contract(left, takeDiagonals(operands[i]), later);
  }
  return arrange(sumOut(left, new Set(output)), output);
}

/** A tensor and the letter of each of its axes. */
interface Labelled {
  x: Tensor;
  letters: string;
}

/** One matrix product: letters of both that are needed later become the batch, letters of both that are not are summed. */
function contract(a: Labelled, b: Labelled, later: Set<string>): Labelled {
  const inA = new Set(a.letters);
  const inB = new Set(b.letters);
  const reducedA = sumOut(a, new Set([...inB, ...later]));
  const reducedB = sumOut(b, new Set([...inA, ...later]));
  const shared = [...reducedA.letters].filter((letter) => inB.has(letter));
  const batch = shared.filter((letter) => later.has(letter)).join("");
  const inner = shared.filter((letter) => !later.has(letter)).join("");
  const rows = [...reducedA.letters].filter((letter) => !inB.has(letter)).join("");
  const columns = [...reducedB.letters].filter((letter) => !inA.has(letter)).join("");
  const extents = new Map<string, number>();
  for (const { x, letters } of [reducedA, reducedB]) for (let i = 0; i < letters.length; i++) extents.set(letters[i], x.shape[i]);
  const shape = (letters: string): number[] => [...letters].map((letter) => extents.get(letter) as number);
  const size = (letters: string): number => sizeOf(shape(letters));
  const left = arrange(reducedA, batch + rows + inner).reshape([size(batch), size(rows), size(inner)]);
  const right = arrange(reducedB, batch + inner + columns).reshape([size(batch), size(inner), size(columns)]);
  // With nothing to sum, each product of elements stands alone: [batch, rows, 1] · [batch, 1, columns].
  const product = inner === "" ? left.mul(right) : matmul(left, right);
  return { x: product.reshape(shape(batch + rows + columns)), letters: batch + rows + columns };
}

/** Drops the axes of extent 1 whose letter is longer elsewhere: what is repeated along an axis does not depend on it. */
function unrepeated({ x, letters }: Labelled, { extents }: Equation): Labelled {
  const kept = [...letters].map((_, axis) => axis).filter((axis) => x.shape[axis] === extents.get(letters[axis]));
  if (kept.length === letters.length) return { x, letters };
  return { x: x.reshape(kept.map((axis) => x.shape[axis])), letters: kept.map((axis) => letters[axis]).join("") };
}

/** Sums the axes whose letter is not among those to keep. */
function sumOut({ x, letters }: Labelled, keep: Set<string>): Labelled {
  const gone = [...letters].flatMap((letter, axis) => (keep.has(letter) ? [] : [axis]));
  if (gone.length === 0) return { x, letters };
  return { x: x.sum(gone), letters: [...letters].filter((letter) => keep.has(letter)).join("") };
}

function arrange({ x, letters }: Labelled, order: string): Tensor {
  return x.permute([...order].map((letter) => letters.indexOf(letter)));
}

/** Replaces two axes of one letter by their diagonal: every (n + 1)th element of the flattened pair. */
function takeDiagonals({ x, letters }: Labelled): Labelled {
  const twice = [...letters].findIndex((letter, i) => letters.indexOf(letter) !== i);
  if (twice < 0) return { x, letters };
  const first = letters.indexOf(letters[twice]);
  const rest = [...letters].map((_, axis) => axis).filter((axis) => axis !== first && axis !== twice);
  const n = x.shape[first];
  const moved = x.permute([...rest, first, twice]);
  const flat = moved.reshape([...moved.shape.slice(0, -2), n * n]);
  const diagonal = flat.slice([...rest.map(() => null), [null, null, n + 1]]);
  return takeDiagonals({ x: diagonal, letters: rest.map((axis) => letters[axis]).join("") + letters[first] });
}

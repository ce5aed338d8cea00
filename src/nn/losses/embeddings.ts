import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/** @throws ShapeError unless embeddings have one shape [..., d] */
export function checkEmbeddings(op: string, named: Readonly<Record<string, Tensor>>): void {
  const given = Object.values(named);
  const [{ shape }] = given;
  if (shape.length > 0 && given.every((one) => sameShape(one.shape, shape))) return;
  const shapes = Object.entries(named).map(([name, one]) => `${name} ${shapeText(one.shape)}`);
  throw new ShapeError(message(op, `${shapes.join(", ")}; expected embeddings [n, d] of one shape`));
}

/** @throws ShapeError unless there is a target for each pair of embeddings [..., d] */
export function checkPairs(op: string, first: Tensor, second: Tensor, target: Tensor): void {
  checkEmbeddings(op, { first, second });
  const expected = first.shape.slice(0, -1);
  if (sameShape(target.shape, expected)) return;
  const problem = `target ${shapeText(target.shape)} does not fit embeddings ${shapeText(first.shape)}; expected ${shapeText(expected)}`;
  throw new ShapeError(message(op, problem));
}

import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { kindText, message, shapeText } from "../../errors/message.js";
import { isPlain } from "../../options/plain.js";
import { widthOf } from "../../tensor/rows.js";
import { dataStorage } from "../../tensor/storage.js";
import { Tensor } from "../../tensor/tensor.js";
import { type Cursor, derived, type Source } from "./source.js";

const OP = "unbatch";

/** The rows of batches, one after the other. */
export function unbatched<T>(source: Source<T>): Source<T> {
  return derived([source], (walk) => {
    const above = source.open(walk);
    let rows: Cursor<T> | null = null;
    /** The rows of the batch that is under way. */
    const current = async (): Promise<Cursor<T> | null> => {
      if (rows !== null) return rows;
      const batches = await above.pull(1);
      rows = batches === null ? null : rowsOfBatch(batches[0]);
      return rows;
    };
    return {
      async pull(most) {
        for (let now = await current(); now !== null; now = await current()) {
          const items = await now.pull(most);
          if (items !== null) return items;
          rows = null;
        }
        return null;
      },
      async skip(count) {
        let done = 0;
        for (let now = await current(); now !== null; now = await current()) {
          done += await now.skip(count - done);
          if (done === count) break;
          rows = null;
        }
        return done;
      },
      close: () => above.close(),
    };
  });
}

/** The rows of a batch. Those that are passed over are not made. */
export function rowsOfBatch<T>(batch: T): Cursor<T> {
  const n = countRows(batch);
  let at = 0;
  return {
    async pull(most) {
      if (at >= n) return null;
      const rows: T[] = [];
      const read = rowReader(batch);
      for (const end = Math.min(n, at + most); at < end; at++) rows.push(read(at) as T);
      return rows;
    },
    async skip(count) {
      const done = Math.min(count, n - at);
      at += done;
      return done;
    },
    close: async () => {},
  };
}

/** @throws ShapeError, ArgumentError unless all parts are tensors of one number of rows */
function countRows(batch: unknown): number {
  const parts = partsOf(batch);
  const [first] = parts;
  for (const { rank, shape } of parts) {
    if (rank > 0 && shape[0] === first.shape[0]) continue;
    throw new ShapeError(
      message(OP, `parts of a batch have shapes ${shapeText(first.shape)} and ${shapeText(shape)}; expected one number of rows`),
    );
  }
  return first.shape[0];
}

function partsOf(batch: unknown): Tensor[] {
  const parts = batch instanceof Tensor ? [batch] : Array.isArray(batch) ? batch : isPlain(batch) ? Object.values(batch) : [];
  const tensors = parts.flatMap((part) => (part instanceof Tensor ? [part] : part === undefined ? [] : partsOf(part)));
  if (tensors.length > 0) return tensors;
  throw new ArgumentError(message(OP, `a batch is ${kindText(batch)}; expected a tensor, a list of tensors or an object of them`));
}

/** Gives the rows of a batch by their numbers. It reads where the elements lie now: nobody keeps it over a wait. */
export function rowReader(batch: unknown): (row: number) => unknown {
  if (batch instanceof Tensor) {
    const { dtype } = batch;
    const width = widthOf(batch);
    const shape = Object.freeze(batch.shape.slice(1));
    const elements = batch.view();
    return (row) => new Tensor(dataStorage(dtype, elements.slice(row * width, (row + 1) * width), OP), shape);
  }
  if (Array.isArray(batch)) {
    const readers = batch.map(rowReader);
    return (row) => readers.map((read) => read(row));
  }
  if (batch === undefined) return () => undefined;
  const names = Object.keys(batch as object);
  const readers = Object.values(batch as object).map(rowReader);
  return (row) => {
    const record: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) record[names[i]] = readers[i](row);
    return record;
  };
}

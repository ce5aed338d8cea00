import { allocateArray } from "../../memory/views.js";
import { widthOf } from "../../tensor/rows.js";
import { dataStorage } from "../../tensor/storage.js";
import { Tensor } from "../../tensor/tensor.js";
import { type Batch, countSamples, eachPart } from "../../train/data.js";
import type { Cursor } from "./source.js";

/** The samples of a batch, one after the other, as tensors without the axis of the samples. */
export function rowsOfSamples(whole: Batch): Cursor<Batch> {
  const n = countSamples(whole);
  let at = 0;
  return {
    async pull(most) {
      if (at >= n) return null;
      const rows: Batch[] = [];
      for (const end = Math.min(n, at + most); at < end; at++) rows.push(eachPart(whole, (part) => rowOf(part, at)));
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

function rowOf(part: Tensor, row: number): Tensor {
  const width = widthOf(part);
  const elements = allocateArray(part.dtype, width);
  elements.set(part.view().subarray(row * width, (row + 1) * width));
  return new Tensor(dataStorage(part.dtype, elements, "DataStream.from"), Object.freeze(part.shape.slice(1)));
}

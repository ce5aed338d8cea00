import type { Tensor } from "../../tensor/tensor.js";
import { derived, type Source } from "./source.js";
import { type Padding, stackRecords } from "./stack.js";

/** What a record is in a batch: numbers, arrays and tensors are tensors with an axis more in front, lists of tensors and objects hold such. */
export type Batched<T> = T extends Tensor | number | boolean | ArrayBufferView
  ? Tensor
  : T extends readonly Tensor[]
    ? Tensor[]
    : T extends readonly unknown[]
      ? Tensor
      : T extends object
        ? { [K in keyof T]: T[K] extends infer V | undefined ? Batched<NonNullable<V>> : never }
        : never;

export interface BatchSettings {
  readonly dropLast: boolean;
  readonly pad: Padding | null;
}

/** Records in batches of `size`. */
export function batched<T>(source: Source<T>, size: number, { dropLast, pad }: BatchSettings): Source<Batched<T>> {
  return derived([source], (walk) => {
    const above = source.open(walk);
    return {
      async pull() {
        const records: T[] = [];
        while (records.length < size) {
          const items = await above.pull(size - records.length);
          if (items === null) break;
          for (const item of items) records.push(item);
        }
        if (records.length === 0 || (dropLast && records.length < size)) return null;
        return [stackRecords(records, pad) as Batched<T>];
      },
      async skip(count) {
        const records = await above.skip(count * size);
        return (dropLast ? Math.floor : Math.ceil)(records / size);
      },
      close: () => above.close(),
    };
  });
}

import { SkippedRecords, STRICT } from "./skipped.js";
import { type Cursor, derived, type Source } from "./source.js";

/** What becomes of records that cannot be read. */
export type BadRecordPolicy = "error" | "skip";

/** The same items, where records above that cannot be read are passed over, or are errors. */
export function judged<T>(source: Source<T>, policy: BadRecordPolicy): Source<T> {
  if (policy === "error") return derived([source], (walk) => source.open(walk.judgedBy(STRICT)));
  const report = new SkippedRecords();
  const open = derived([source], (walk) => {
    report.clear();
    return reporting(source.open(walk.judgedBy(report)), report);
  });
  return { ...open, skipped: [...source.skipped, report] };
}

function reporting<T>(cursor: Cursor<T>, report: SkippedRecords): Cursor<T> {
  let good = 0;
  const end = (): void => {
    // Where no record can be read, it is not the records that are at fault.
    if (good === 0 && report.count > 0) throw report.first[0];
    report.tell();
  };
  return {
    async pull(most) {
      const items = await cursor.pull(most);
      if (items === null) end();
      else good += items.length;
      return items;
    },
    async skip(count) {
      const done = await cursor.skip(count);
      good += done;
      return done;
    },
    close: () => cursor.close(),
  };
}

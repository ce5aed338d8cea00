import { expect, test } from "vitest";
import { walk } from "../support/wrongCalls/walk.js";

/** A room ("nn") or a part of a name ("Linear") to look at alone: `ONLY=nn npx vitest run test/options/wrongCalls.test.ts`. */
const only = process.env.ONLY;

test("every wrong call is refused, with an error of the library's own", async () => {
  const { calls, faults } = await walk({ each: 56, eachAsynchronous: 16, only });
  expect(faults.map(({ room, kind, shown }) => `${room}: ${kind} — ${shown}`)).toEqual([]);
  if (only === undefined) expect(calls).toBeGreaterThan(20_000);
});

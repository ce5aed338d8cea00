import { expect, test } from "vitest";
import { walk } from "../support/wrongCalls/walk.js";

/** A room ("nn") or a part of a name ("Linear") to look at alone: `ONLY=nn npx vitest run test/options/wrongCalls.test.ts`. */
const only = process.env.ONLY;

/** How many kinds of wrong calls a room does not refuse yet: the numbers only shrink, and a room that is not named has none. */
const OPEN: Readonly<Record<string, number>> = {
  capture: 4,
  optim: 24,
};

test("every wrong call is refused, with an error of the library's own", { timeout: 120_000 }, async () => {
  const { calls, faults } = await walk({ each: 56, eachAsynchronous: 16, only });
  const rooms = [...new Set(faults.map(({ room }) => room))].map((name) => faults.filter(({ room }) => room === name));
  const found = rooms.filter((kinds) => only !== undefined || kinds.length > (OPEN[kinds[0].room] ?? 0)).flat();
  expect(found.map(({ room, kind, shown }) => `${room}: ${kind} — ${shown}`)).toEqual([]);
  if (only === undefined) expect(calls).toBeGreaterThan(20_000);
});

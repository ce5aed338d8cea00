import { beforeEach, expect, test } from "vitest";
import { manualSeed, rand } from "../../src/index.js";
import { currentSeed, forkSeed, nextPass, underSeed } from "../../src/tensor/seed.js";

const drawn = (): number[] => Array.from(rand([3]).data);

beforeEach(() => manualSeed(11));

test("a fork goes on with the draws of its origin, and neither sees the other's", () => {
  drawn();
  const fork = forkSeed();
  const here = [drawn(), drawn()];
  const there = [underSeed(fork, drawn), underSeed(fork, drawn)];
  expect(there).toEqual(here);
  expect(here[0]).not.toEqual(here[1]);
});

test("passes over samples begin with the first in a fork", () => {
  expect([nextPass(), nextPass()]).toEqual([0, 1]);
  const fork = forkSeed();
  expect([underSeed(fork, nextPass), underSeed(fork, nextPass), nextPass()]).toEqual([0, 1, 2]);
});

test("underSeed sets the seed back, also after an error, and where it is nested", () => {
  const [before, fork] = [currentSeed(), forkSeed()];
  underSeed(fork, () => {
    expect(currentSeed()).toBe(fork);
    underSeed(forkSeed(), drawn);
    expect(currentSeed()).toBe(fork);
    expect(() =>
      underSeed(forkSeed(), () => {
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(currentSeed()).toBe(fork);
  });
  expect(currentSeed()).toBe(before);
});

test("manualSeed in underSeed holds for its rest and afterwards", () => {
  manualSeed(5);
  const [first, second] = [drawn(), drawn()];
  manualSeed(11);
  const fork = forkSeed();
  const inside = underSeed(fork, () =>
    underSeed(fork, () => {
      manualSeed(5);
      return drawn();
    }),
  );
  expect([inside, drawn()]).toEqual([first, second]);
});

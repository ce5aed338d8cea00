/** Trainings that are broken on purpose are told, and sound ones are not. */
import { describe, expect, test } from "vitest";
import { DivergedError, type History } from "../../src/index.js";
import { BROKEN } from "../support/trainings/broken.js";
import { SOUND } from "../support/trainings/sound.js";
import type { Make } from "../support/trainings/training.js";

/** What is found in a training, which may end with a DivergedError. */
async function diagnosed(make: Make): Promise<History> {
  const { model, data, options } = await make();
  try {
    return await model.fit(data, { verbose: 0, diagnose: true, ...options });
  } catch (error) {
    expect(error).toBeInstanceOf(DivergedError);
    return model.history as History;
  }
}

describe("a training that is broken on purpose is found, and named", () => {
  test.for(Object.entries(BROKEN))("%s", async ([, { finding, make }]) => {
    const { findings } = await diagnosed(make);
    expect(findings.map(({ name }) => name)).toContain(finding);
  });
});

describe("a sound training has no findings", () => {
  test("there are at least 25 of them", () => expect(Object.keys(SOUND).length).toBeGreaterThanOrEqual(25));

  test.for(Object.entries(SOUND))("%s", async ([, make]) => {
    const { findings, steps } = await diagnosed(make);
    expect(findings).toEqual([]);
    // It learns something.
    expect(steps.loss.at(-1)).toBeLessThan(0.7 * steps.loss[0]);
  });
});

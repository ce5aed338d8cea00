import { batchesOf, generations } from "./files.mjs";
import { Course } from "./runs.mjs";

const EVERY = ["2 steps", "5 steps", "0.03s", "1 epoch"];
const MOMENTS = ["before", "within", "after"];

/** What is told of a checkpoint: nothing, where a process was killed and no file damaged. */
export const ABOUT_FILES = /checkpoint|damaged|cannot/i;

/** The settings that must make no difference; "mixed": each run has others. */
export const VARIANTS = {
  "captured, 1 thread": () => ({ capture: true, threads: 1 }),
  "captured, 2 threads": () => ({ capture: true, threads: 2 }),
  "not captured, 1 thread": () => ({ capture: false, threads: 1 }),
  "not captured, 2 threads": () => ({ capture: false, threads: 2 }),
  mixed: (random) => ({ capture: random.of([true, false]), threads: random.of([1, 2]) }),
};

/**
 * Kills trainings of a workload at random moments, some of them within the writing of a checkpoint, and lets each go on until it ends.
 * @param expected what comes out of a training that is never killed @param kills how many
 * @returns counts, and what went wrong
 */
export async function killAgainAndAgain(folder, workload, variant, { kills, random, expected }) {
  const course = new Course(folder, workload);
  const counts = { kills: 0, runs: 0, inWriting: 0, ended: 0, failures: [] };
  const fail = (text) => counts.failures.push(`${workload}, ${variant}, kill ${counts.kills}: ${text}`);
  for (let [generation, open] = [null, false]; counts.kills < kills || open; ) {
    const goesOn = counts.kills >= kills;
    const aimed = random.number() < 0.5;
    const way = aimed ? { death: { call: random.below(40), moment: random.of(MOMENTS) } } : { delay: random.below(250) };
    const run = await course.run({ ...VARIANTS[variant](random), every: random.of(EVERY), ...(goesOn ? {} : way) });
    counts.runs++;
    if (run.began !== null && run.began !== (generation ?? 0))
      fail(`it went on after batch ${run.began}; the newest checkpoint is of ${generation ?? 0}`);
    if (ABOUT_FILES.test(run.notes)) fail(`it says ${run.notes}`);
    open = run.killed;
    if (run.killed) {
      counts.kills++;
      if (aimed) counts.inWriting++;
      generation = newest(course.disk, generation, fail);
      continue;
    }
    counts.ended++;
    for (const [name, value] of Object.entries(expected)) if (run.outcome?.[name] !== value) fail(`the ${name} are others`);
    course.clear();
    generation = null;
  }
  return counts;
}

/** The batches of the newest file; all of them must be whole, and none older than what was there before. */
function newest(disk, before, fail) {
  let found = null;
  for (const path of generations(disk)) {
    try {
      const batches = batchesOf(path);
      if (found !== null && batches > found) fail(`${path} is newer than the file before it`);
      found ??= batches;
    } catch (error) {
      fail(`${path} is no whole checkpoint: ${error.message}`);
    }
  }
  if ((found ?? 0) < (before ?? 0)) fail(`the newest checkpoint is of batch ${found}; before there was one of ${before}`);
  return found;
}

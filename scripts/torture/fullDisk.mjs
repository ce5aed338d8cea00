import { spawnSync } from "node:child_process";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { batchesOf, generations } from "./files.mjs";
import { ABOUT_FILES } from "./kills.mjs";
import { Course } from "./runs.mjs";

/**
 * Trains on a disk that is full: training goes on and tells it, the checkpoint that is there stays, and a later run goes on from it.
 * @param places how many fillings are tried
 */
export async function fillDisk(folder, workload, { places, random, expected }) {
  const counts = { runs: 0, refused: 0, disk: "a file system of 1 MB", failures: [] };
  const fail = (text) => counts.failures.push(`full disk, ${workload}: ${text}`);
  const disk = join(folder, "disk");
  const course = new Course(folder, workload, disk);
  const isMounted = mount(disk);
  if (!isMounted) counts.disk = "calls that fail, since this process may not mount a file system";
  try {
    for (let place = 0; place < places; place++) {
      course.clear();
      const settings = { capture: true, threads: 1, every: "3 steps", keep: 3 };
      // The first checkpoints are written; then the disk fills.
      const first = await course.run({ ...settings, death: { call: 40 + random.below(40), moment: "before" } });
      if (!first.killed) throw new Error("the run was to be killed");
      counts.runs++;
      const [newest] = generations(disk);
      const batches = batchesOf(newest);
      const { size } = statSync(newest);
      const filler = join(disk, "filler");
      if (isMounted) fill(filler, disk, Math.floor((place / places) * 1.2 * size));
      const full = isMounted ? null : { from: random.below(30), to: Infinity };
      const second = await course.run({ ...settings, full, delay: 150 + random.below(200) });
      counts.runs++;
      if (second.began !== batches) fail(`it went on after batch ${second.began}; the checkpoint is of ${batches}`);
      if (/no space|ENOSPC/i.test(second.notes)) counts.refused++;
      const third = await course.run({ ...settings, full });
      counts.runs++;
      if (!/no space|ENOSPC/i.test(third.notes))
        fail(`nothing was told of the full disk with ${place}/${places} of it left: ${third.notes}`);
      else counts.refused++;
      same(third, expected, fail);
      for (const path of generations(disk)) batchesOf(path);
      rmSync(filler, { force: true });
      const fourth = await course.run(settings);
      counts.runs++;
      if (ABOUT_FILES.test(fourth.notes)) fail(`with room again it says ${fourth.notes}`);
      same(fourth, expected, fail);
    }
  } catch (error) {
    fail(error.stack);
  } finally {
    if (isMounted) spawnSync("umount", ["-l", disk]);
  }
  return counts;
}

function same({ outcome }, expected, fail) {
  for (const name of ["weights", "history"]) if (outcome?.[name] !== expected[name]) fail(`the ${name} are others`);
}

function mount(disk) {
  return process.platform === "linux" && spawnSync("mount", ["-t", "tmpfs", "-o", "size=1M", "tmpfs", disk]).status === 0;
}

/** Leaves some bytes of a disk free. */
function fill(file, disk, free) {
  for (let size = 1 << 20; size > 0; size -= 4096) {
    const { stdout } = spawnSync("stat", ["-f", "-c", "%a %S", disk], { encoding: "utf8" });
    const [blocks, bytes] = stdout.split(" ").map(Number);
    const room = blocks * bytes - free;
    if (room <= 0) return;
    writeFileSync(file, Buffer.alloc(Math.max(0, room)), { flag: "a" });
    if (room < 8192) return;
  }
}

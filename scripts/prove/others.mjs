/** A thread that compiles and runs another program's modules, and looks at what they compute: see trial.mjs. */
import { parentPort, workerData } from "node:worker_threads";

const { bytes, id } = workerData;
const imports = {
  env: {
    abort: () => {
      throw new Error("abort");
    },
  },
};

/** The module with a section that no other has: V8 has one code for equal bytes. */
function unique(number) {
  return new Uint8Array([...bytes, 0, 6, 1, 110, id, number & 255, (number >> 8) & 255, (number >> 16) & 255]);
}

/** Calls what is hot, then through the table to functions that V8 did not expect there. */
function results({ direct, indirect, both, pair, first, second, third }) {
  return [3, 400, 2000].flatMap((rounds) => [
    direct(rounds),
    indirect(50 * rounds, first.value),
    both(rounds, first.value, second.value),
    pair(rounds),
    indirect(20 * rounds, second.value),
    indirect(20 * rounds, third.value),
  ]);
}

let expected = null;
for (let i = 0; ; i++) {
  const module = i % 2 ? await WebAssembly.compile(unique(i)) : new WebAssembly.Module(unique(i));
  const { exports } = new WebAssembly.Instance(module, imports);
  const found = results(exports).join();
  expected ??= found;
  if (found !== expected) throw new Error(`another module computed ${found}, before ${expected}`);
  for (let k = 0; k < 30; k++) exports[`leaf${(37 * i + 11 * k) % 1000}`](k);
  parentPort.postMessage("module");
  if (i % 4 === 0) await new Promise((done) => setTimeout(done, 0));
}

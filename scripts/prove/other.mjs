/** Another program's module of WebAssembly, for the trials: see trial.mjs. */
import { compileString } from "assemblyscript/asc";

const LEAVES = 1000;
const INNER = 50;

/**
 * A module with more functions than any of the library's. Most are compiled at their first call; some are called so often that V8
 * inlines into them, by calls through the table too. `pair` and `witness` are what packs to 256 bits where V8 is told to.
 */
export async function otherModule() {
  const leaves = Array.from(
    { length: LEAVES },
    (_, i) => `export function leaf${i}(x: i32): i32 { return (x * ${2 * i + 3} + ${i}) ^ (x >>> ${(i % 13) + 1}); }`,
  );
  const inner = Array.from(
    { length: INNER },
    (_, i) => `export function inner${i}(x: i32): i32 {
      let y = leaf${i}(x) + leaf${(7 * i) % LEAVES}(x);
      for (let k = 0; k < (x & 3); k++) y += leaf${(31 * i + 5) % LEAVES}(y);
      return y;
    }`,
  );
  const source = `${leaves.join("\n")}
    ${inner.join("\n")}
    export const first: i32 = <i32>leaf0.index;
    export const second: i32 = <i32>leaf1.index;
    export const third: i32 = <i32>leaf2.index;
    export function direct(n: i32): i32 {
      let y = 1;
      for (let i = 0; i < n; i++) y = leaf7(y) + inner3(y) - inner11(i);
      return y;
    }
    export function indirect(n: i32, f: i32): i32 {
      let y = 1;
      for (let i = 0; i < n; i++) y += call_indirect<i32>(f, y + i);
      return y;
    }
    export function both(n: i32, f: i32, g: i32): i32 {
      let y = 1;
      for (let i = 0; i < n; i++) y += call_indirect<i32>(i & 1 ? f : g, y) + direct(2);
      return y;
    }
    ${packing("pair")}
    ${packing("witness")}`;
  const { error, stderr, binary } = await compileString(source, { runtime: "stub", optimizeLevel: 0, enable: ["simd"] });
  if (error) throw new Error(`the other module does not compile: ${stderr}`);
  return binary;
}

function packing(name) {
  return `export function ${name}(n: i32): f32 {
    for (let i = 0; i < n; i++) {
      const at = <usize>((i & 255) << 5);
      const a = v128.load(1024 + at), b = v128.load(1024 + at, 16);
      const c = f32x4.add(f32x4.mul(a, a), f32x4.splat(1)), d = f32x4.add(f32x4.mul(b, b), f32x4.splat(1));
      v128.store(16384 + at, d, 16);
      v128.store(16384 + at, c);
    }
    return load<f32>(16384);
  }`;
}

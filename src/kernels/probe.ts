/** What the platform runs, tried with the least modules. */

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** i32.const 0; i8x16.splat */
const SIMD = [0x41, 0, 0xfd, 0x0f];
/** three vectors; f32x4.relaxed_madd (0xfd 0x105) */
const RELAXED = [...SIMD, ...SIMD, ...SIMD, 0xfd, 0x85, 0x02];

/** Whether the platform knows the instructions of a build. */
export function knows(build: "simd" | "relaxed"): boolean {
  if (typeof WebAssembly !== "object") return false;
  const body = build === "relaxed" ? RELAXED : SIMD;
  // One function () → v128 whose body is `body`.
  const type = [1, 5, 1, 0x60, 0, 1, 0x7b];
  const functions = [3, 2, 1, 0];
  const code = [10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b];
  return WebAssembly.validate(new Uint8Array([...HEADER, ...type, ...functions, ...code]));
}

/** With what the platform refuses to compile any module, as a page's content security policy may have it; null where it compiles. */
export function refusal(): string | null {
  try {
    new WebAssembly.Module(new Uint8Array(HEADER));
    return null;
  } catch (error) {
    return String(error);
  }
}

/** Whether the processor fuses a multiply-add, and WebAssembly lets it. */
export function fuses(): boolean {
  if (!knows("relaxed") || refusal() !== null) return false;
  const splat = [0xfd, 0x13];
  const body = [0x20, 0, ...splat, 0x20, 0, ...splat, 0x20, 1, ...splat, 0xfd, 0x85, 0x02, 0xfd, 0x1f, 0];
  // One function (x, y) → x·x + y of float32, exported as "f".
  const type = [1, 7, 1, 0x60, 2, 0x7d, 0x7d, 1, 0x7d];
  const code = [10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b];
  const module = new WebAssembly.Module(new Uint8Array([...HEADER, ...type, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, ...code]));
  const { f } = new WebAssembly.Instance(module).exports as { f: (x: number, y: number) => number };
  // With x = 1 + 2⁻¹², x² = 1 + 2⁻¹¹ + 2⁻²⁴: the last term is lost where the product is rounded.
  return f(1 + 1 / 4096, -1 - 1 / 2048) !== 0;
}

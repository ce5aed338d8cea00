import { KernelError } from "../errors/errors.js";
import { didYouMean, message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { allocate } from "../memory/heap.js";
import { isShared, linearMemory, STATUS_AT } from "../memory/memory.js";
import { BREAK_EVEN, setCompiled, setWidens } from "./direct.js";
import { SCRATCH_BYTES } from "./generated/constants.js";
import { core } from "./generated/pieces/core.js";
import type { Kernel } from "./kernel.js";
import type { CoreExports, Exports, Piece } from "./piece.js";
import { variable } from "./platform.js";
import { knows, refusal } from "./probe.js";
import { recorder } from "./recorder.js";
import { bytesOf } from "./text.js";
import { threadsAsked } from "./threads/count.js";
import { unshareMemoryImport } from "./unshare.js";
import { isSameWide, SAMPLE_BYTES } from "./wide/check.js";
import { cannotBeWide, distrustWide, wideObstacle } from "./wide/obstacle.js";
import { type Placed, WidePiece, wideModule } from "./wide/piece.js";
import { wideAsked } from "./wide/wish.js";

/** `js`: the naive twins. `simd`: 128-bit SIMD, the same bits on every machine. `relaxed`: with fused multiply-add. */
export type KernelBuild = "js" | "simd" | "relaxed";

/** @internal A Wasm build on this thread: its pieces over one memory and one table of functions. */
export interface Loaded {
  readonly build: "simd" | "relaxed";
  /** Of the core. */
  exports: CoreExports;
  readonly table: WebAssembly.Table;
  readonly scratch: number;
  /** The modules, in the order in which their functions stand in the table. */
  readonly modules: WebAssembly.Module[];
  readonly instances: Map<Piece, Instance>;
}

/** A piece of a build on this thread. */
interface Instance extends Placed {
  /** Its kernels as they are called: narrow or wide. */
  readonly used: Exports;
  /** The same compiled wide; null as long as none of it was. */
  wide: WidePiece | null;
  /** Estimated nanoseconds of longer calls, by the kernel that is not yet compiled wide. */
  readonly owed: Map<string, number>;
}

const BUILDS: readonly KernelBuild[] = ["js", "simd", "relaxed"];

let chosen: KernelBuild | null = null;
/** Whether kernels are compiled wide at their first call that is worth it. */
let widens = false;
const builds = new Map<KernelBuild, Loaded>();
/** Pieces that were loaded on any build. */
const pieces = new Set<Piece>();

/** @internal The Wasm build in use; null while the JS twins run. */
export function loadedBuild(): Loaded | null {
  return builds.get(kernelBuild()) ?? null;
}

/** The build in use; the first call decides: `SIMDGRAD_KERNELS` if set, else the best that the platform validates. */
export function kernelBuild(): KernelBuild {
  if (chosen === null) {
    threadsAsked();
    useKernels(requested() ?? best());
  }
  return chosen as unknown as KernelBuild;
}

/**
 * Switches all following operations to a build.
 * @throws KernelError if the platform cannot run it.
 */
export function useKernels(build: KernelBuild): void {
  if (!BUILDS.includes(build)) {
    throw new KernelError(
      message("kernels", `unknown build "${build}"`, `${didYouMean(build, BUILDS)} Known: ${BUILDS.join(", ")}.`.trim()),
    );
  }
  // Before the pieces are loaded: their wide modules then stand in the table before workers are started.
  if (chosen === null) decideWide(build);
  const loaded = build === "js" ? null : loadBuild(build);
  for (const piece of pieces) piece.exports = loaded?.instances.get(piece)?.used ?? null;
  setCompiled(loaded !== null);
  if (build === "js") linearMemory();
  chosen = build;
}

/** Compiles kernels wide from now on, or no longer, as it is asked for. @throws KernelError if it must be and cannot */
function decideWide(build: KernelBuild): void {
  if (build === "js" && wideAsked() === true) throw cannotBeWide(PLAIN);
  switchWide(wideObstacle() === null);
}

/** The functions of a piece, which is loaded if it was not; null while the JS twins run. */
export function loadPiece(piece: Piece): Exports | null {
  const loaded = loadedBuild();
  if (loaded === null) return null;
  if (!loaded.instances.has(piece)) instantiate(loaded, piece);
  return piece.exports;
}

/** @internal Where a kernel of a piece that is loaded stands in the table of functions. */
export function tableIndex({ instances }: Loaded, { piece, name, number }: Kernel): number {
  const { first, wide } = instances.get(piece) as Instance;
  return (widens && wide?.has(name) ? wide.first : first) + number;
}

/** Estimated nanoseconds of a kernel's longer calls after which it is compiled wide, for each of its functions: about what that takes. */
const WIDEN_AFTER = 5e5;

/**
 * Notes a call that takes longer, and compiles its kernel wide once such calls took as long as that. So a short script pays nothing, and
 * no program much more than it gains. A step that is recorded will be replayed: its kernels are compiled once their calls in it, short
 * ones too, take longer.
 * @param cost estimated nanoseconds
 */
export function noteCall(kernel: Kernel, cost: number): void {
  if (!widens || (cost < BREAK_EVEN && recorder === null)) return;
  const { build, instances } = loadedBuild() as Loaded;
  const { wide, owed } = instances.get(kernel.piece) as Instance;
  const inner = kernel.piece.inner[build][kernel.name];
  if (inner === undefined || wide?.has(kernel.name)) return;
  const owes = (owed.get(kernel.name) ?? 0) + cost;
  owed.set(kernel.name, owes);
  if (owes >= (recorder === null ? WIDEN_AFTER * (1 + inner.length) : BREAK_EVEN)) widen(kernel);
}

/** Compiles a kernel wide if it may be, and is not yet. Its piece is loaded. */
export function widen(kernel: Kernel): void {
  if (!widens) return;
  const { piece, name } = kernel;
  const loaded = loadedBuild() as Loaded;
  const instance = loaded.instances.get(piece) as Instance;
  if (instance.wide?.has(name)) return;
  try {
    const wide = instance.wide ?? loadWide(loaded, piece);
    instance.wide = wide;
    wide.compile(name);
    if (!wide.has(name)) return;
    // Small samples leave the end of the scratch slab alone.
    if (isSameWide(kernel, instance.exports, wide.exports, loaded.scratch + SCRATCH_BYTES - SAMPLE_BYTES)) {
      instance.used[name] = wide.exports[name];
      return;
    }
    distrustWide(`"${name}" computed other bits wide than narrow`);
  } catch (error) {
    distrustWide(`"${name}" cannot be compiled wide (${error})`);
  }
  switchWide(false);
}

const PLAIN = "they run in plain JavaScript";

/** Whether kernels are compiled to 256-bit instructions. */
export function isWide(): boolean {
  return kernelBuild() !== "js" && widens;
}

/** Why kernels are not compiled to 256-bit instructions; null if they are. */
export function narrowReason(): string | null {
  return kernelBuild() === "js" ? PLAIN : wideObstacle();
}

/** Switches all following operations to kernels that are compiled wide, or back, whatever was asked for: for tests and benchmarks. */
export function useWide(is: boolean): void {
  kernelBuild();
  switchWide(is);
}

/** Switches as it is asked for. @throws KernelError if kernels must be wide and cannot */
export function useWideAsAsked(): void {
  decideWide(kernelBuild());
}

function switchWide(is: boolean): void {
  widens = is;
  setWidens(is);
  for (const { instances } of builds.values()) {
    for (const { exports, used, wide } of instances.values()) {
      if (wide === null) continue;
      for (const name of Object.keys(used)) used[name] = is && wide.has(name) ? wide.exports[name] : exports[name];
    }
  }
}

function requested(): KernelBuild | undefined {
  return variable("SIMDGRAD_KERNELS") as KernelBuild | undefined;
}

/** What mends a refusal to compile. */
const ALLOW = "Allow it with 'wasm-unsafe-eval' in script-src of the page's content security policy.";

function best(): KernelBuild {
  const build = knows("relaxed") ? "relaxed" : knows("simd") ? "simd" : "js";
  const reason = build === "js" ? null : refusal();
  if (reason === null) return build;
  note(`WebAssembly may not be compiled here (${reason}); the kernels run in plain JavaScript, many times slower. ${ALLOW}`);
  return "js";
}

function loadBuild(build: "simd" | "relaxed"): Loaded {
  const known = builds.get(build);
  if (known) return known;
  if (!knows(build)) {
    throw new KernelError(
      message("kernels", `this platform cannot run the "${build}" build`, "Leave SIMDGRAD_KERNELS unset to take the best that it can."),
    );
  }
  const reason = refusal();
  if (reason !== null) {
    throw new KernelError(message("kernels", `the "${build}" build may not be compiled here (${reason})`, ALLOW));
  }
  // No function stands at 0.
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  const empty = { build, table, scratch: allocate(SCRATCH_BYTES), modules: [], instances: new Map() };
  const loaded: Loaded = { ...empty, exports: null as unknown as CoreExports };
  loaded.exports = instantiate(loaded, core) as CoreExports;
  builds.set(build, loaded);
  return loaded;
}

/** Compiles a piece and lays its functions into the table, in the order of its exports: kernels first. Workers do the same. */
function instantiate(loaded: Loaded, piece: Piece): Exports {
  const placed = place(loaded, new WebAssembly.Module(codeOf(loaded, piece) as BufferSource), false);
  const used = { ...placed.exports };
  loaded.instances.set(piece, { ...placed, used, wide: widens ? loadWide(loaded, piece) : null, owed: new Map() });
  pieces.add(piece);
  piece.exports = used;
  return used;
}

function loadWide(loaded: Loaded, piece: Piece): WidePiece {
  return new WidePiece(place(loaded, wideModule(codeOf(loaded, piece)), true), piece.inner[loaded.build]);
}

function codeOf({ build }: Loaded, piece: Piece): Uint8Array {
  const code = bytesOf(piece[build]);
  return isShared() ? code : unshareMemoryImport(code);
}

function place({ table, scratch, modules }: Loaded, module: WebAssembly.Module, wide: boolean): Placed {
  const exports = new WebAssembly.Instance(module, { env: { memory: linearMemory() as WebAssembly.Memory, table } })
    .exports as unknown as Exports;
  const functions = Object.values(exports);
  const first = table.grow(functions.length);
  for (const [i, one] of functions.entries()) table.set(first + i, one);
  exports.setup(scratch, STATUS_AT, Number(wide));
  modules.push(module);
  return { exports, first };
}

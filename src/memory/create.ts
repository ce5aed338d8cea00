import { MemoryError } from "../errors/errors.js";
import { bytesText, message } from "../errors/message.js";
import { type LinearMemory, PAGE, PlainMemory } from "./linearMemory.js";

/** The linear memory of a process is made here, as large as the platform grants it. */

const INITIAL_PAGES = 16;
/** 64 MiB, which a memory must be able to grow to at once. If it cannot, one with a smaller maximum is tried. */
const FIRST_PAGES = 1024;
const MAXIMUM_PAGES = [65536, 32768, 16384];
/** The maximum without WebAssembly: 1 GiB, since growth then copies, and needs room for both copies. */
const PLAIN_PAGES = 16384;

/** A memory, with the bytes that it can grow to and whether threads can share it. */
export interface Created {
  readonly memory: LinearMemory;
  readonly limit: number;
  readonly shared: boolean;
}

/** @throws MemoryError where the platform refuses every size */
export function createMemory(): Created {
  if (typeof WebAssembly !== "object") {
    return { memory: new PlainMemory(FIRST_PAGES), limit: PLAIN_PAGES * PAGE, shared: false };
  }
  let reason: unknown;
  for (const shared of threadsMayShare() ? [true, false] : [false]) {
    for (const maximum of MAXIMUM_PAGES) {
      try {
        const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
        // Some platforms accept a maximum without having the address space for it. Growing shows whether they have.
        memory.grow(FIRST_PAGES - INITIAL_PAGES);
        if (maximum !== MAXIMUM_PAGES[0]) warnSmaller(maximum * PAGE);
        return { memory, limit: maximum * PAGE, shared };
      } catch (error) {
        reason = error;
      }
    }
  }
  throw new MemoryError(
    message(
      "memory",
      `no linear memory can be had: ${MAXIMUM_PAGES.map((pages) => bytesText(pages * PAGE)).join(", ")} were refused, shared and unshared (${String(reason)})`,
      "The address space of this process is limited (ulimit -v, a container, a serverless function): raise that limit. Node 20 and 22 need 11 GiB of it even for a small shared memory, unless started with --disable-wasm-trap-handler; Node 24 takes what there is.",
    ),
  );
}

/**
 * Whether workers may be given shared memory. A page that is not cross-origin isolated can make one, but no worker receives it. Outside
 * of browsers nothing is isolated, and `crossOriginIsolated` is undefined.
 */
function threadsMayShare(): boolean {
  return typeof SharedArrayBuffer === "function" && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false;
}

function warnSmaller(bytes: number): void {
  console.warn(`simdgrad: the address space is limited; linear memory can grow to ${bytesText(bytes)} at most instead of 4 GiB.`);
}

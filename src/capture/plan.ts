import type { Block, Call } from "./calls.js";

/** Places of blocks in one arena. */
export interface MemoryPlan {
  /** The size of the arena. */
  readonly bytes: number;
  /** Byte offset of each block that is used. */
  readonly offsets: ReadonlyMap<Block, number>;
}

const ALIGN = 64;

/** Blocks that share a place, from the first call that uses one of them to the last. */
interface Tenant {
  readonly blocks: Block[];
  bytes: number;
  first: number;
  last: number;
}

/**
 * Packs intermediate results into one arena. When a block is needed is known from the calls, so two may share bytes if they are
 * not needed at the same time, and a kernel that is done with an operand writes its result in the operand's place.
 *
 * Greedy by size, as in Pisarchyk and Lee, arXiv 2001.03288: the largest first, each at the lowest place that is free while it is
 * needed.
 * @param kept blocks that are read after the last call
 */
export function planMemory(calls: readonly Call[], kept: ReadonlySet<Block>): MemoryPlan {
  const tenants = joinInPlace(calls, tenantsOf(calls, kept));
  const placed: { tenant: Tenant; at: number }[] = [];
  let bytes = 0;
  const offsets = new Map<Block, number>();
  for (const tenant of tenants.sort((a, b) => b.bytes - a.bytes || a.first - b.first)) {
    const inTheWay = placed.filter(({ tenant: other }) => other.first <= tenant.last && tenant.first <= other.last);
    let at = 0;
    for (const { tenant: other, at: taken } of inTheWay.sort((a, b) => a.at - b.at)) {
      if (taken - at >= tenant.bytes) break;
      at = Math.max(at, taken + other.bytes);
    }
    placed.push({ tenant, at });
    bytes = Math.max(bytes, at + tenant.bytes);
    for (const block of tenant.blocks) offsets.set(block, at);
  }
  return { bytes, offsets };
}

function tenantsOf(calls: readonly Call[], kept: ReadonlySet<Block>): Map<Block, Tenant> {
  const tenants = new Map<Block, Tenant>();
  for (const [i, { references }] of calls.entries()) {
    for (const reference of references) {
      if (reference === null || reference.block.kind !== "intermediate") continue;
      const { block } = reference;
      const tenant = tenants.get(block);
      if (tenant !== undefined) tenant.last = i;
      else tenants.set(block, { blocks: [block], bytes: Math.ceil(Math.max(1, block.bytes) / ALIGN) * ALIGN, first: i, last: i });
    }
  }
  for (const block of kept) {
    const tenant = tenants.get(block);
    if (tenant !== undefined) tenant.last = Infinity;
  }
  return tenants;
}

/**
 * A result takes the place of an operand that is read for the last time where the result is made, if the kernel allows that and both
 * have one float32 for each unit of the range. (A comparison's result may have the bytes of an operand that is repeated, but not its
 * elements.)
 */
function joinInPlace(calls: readonly Call[], tenants: Map<Block, Tenant>): Tenant[] {
  const gone = new Set<Tenant>();
  for (const [i, { kernel, references, from, to }] of calls.entries()) {
    const { inplace } = kernel.record;
    const bytes = 4 * (to - from);
    const out = references.find((reference) => reference?.name === "out");
    if (inplace.length === 0 || out == null || out.offset !== 0 || out.block.bytes !== bytes) continue;
    const result = tenants.get(out.block);
    if (result === undefined || result.first !== i) continue;
    for (const operand of references) {
      if (operand === null || !inplace.includes(operand.name) || operand.offset !== 0) continue;
      const host = tenants.get(operand.block);
      if (host === undefined || host === result || host.last !== i || operand.block.bytes !== bytes) continue;
      host.blocks.push(...result.blocks);
      host.last = result.last;
      for (const block of result.blocks) tenants.set(block, host);
      gone.add(result);
      break;
    }
  }
  return [...new Set(tenants.values())].filter((tenant) => !gone.has(tenant));
}

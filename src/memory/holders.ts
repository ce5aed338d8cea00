import { bytesText } from "../errors/message.js";

/** What live blocks are for, and what makes them fewer. */
const KINDS = {
  results: {
    name: "results of graphs",
    mend: "Use a smaller batch, wrap inference in noGrad, or compute parts of the model again with recompute.",
  },
  data: {
    name: "copies of data",
    mend: "Use a smaller batch, and call unpin() on tensors that you do not use in every step.",
  },
  parameters: {
    name: "parameters and gradients",
    mend:
      "Make the layers smaller. If these are models that you do not use any more: they go when the event loop turns, so wait for " +
      "something between two models (await new Promise((resolve) => setTimeout(resolve))).",
  },
  states: {
    name: "states of optimizers",
    mend: "Call dispose() on optimizers that you do not use any more, or take one with fewer states: SGD has one with momentum, none without.",
  },
  captures: {
    name: "captured steps",
    mend: "Call dispose() on captured steps that you do not use any more, or use a smaller batch.",
  },
} as const;

/** Live memory, as the out-of-memory message lists it. */
export interface Holder {
  readonly kind: keyof typeof KINDS;
  readonly what: string;
  readonly bytes: number;
}

/** How many holders are named. */
const NAMED = 5;

const lists: (() => Holder[])[] = [];

/** Registers a function that lists live memory, for the out-of-memory message. */
export function registerHolders(list: () => Holder[]): void {
  lists.push(list);
}

/** What of live memory is known: bytes by kind, the largest holders, and what helps. */
export interface Census {
  readonly kinds: string;
  readonly largest: string;
  readonly mend: string;
}

/** @param asked the bytes that do not fit: if no kind holds as much, the request itself is too large, which a smaller batch helps */
export function census(asked: number): Census {
  const holders = lists
    .flatMap((list) => list())
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
  const totals = new Map<Holder["kind"], number>();
  for (const { kind, bytes } of holders) totals.set(kind, (totals.get(kind) ?? 0) + bytes);
  const kinds = [...totals].sort(([, a], [, b]) => b - a);
  const largest = holders.slice(0, NAMED);
  return {
    kinds: kinds.map(([kind, bytes]) => `${KINDS[kind].name} ${bytesText(bytes)}`).join(", "),
    largest: largest.map(({ what, bytes }) => `${what} ${bytesText(bytes)}`).join(", "),
    mend: KINDS[kinds.length > 0 && kinds[0][1] >= asked ? kinds[0][0] : "results"].mend,
  };
}

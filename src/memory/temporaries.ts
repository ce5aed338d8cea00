import { allocateTemporary, releaseTemporary } from "./heap.js";

/** Takes a block of some bytes. @returns its address */
export type Take = (bytes: number) => number;

/** Runs `use` with a function that takes blocks for the scratch of an operation. All of them are given back at the end, also after an error. */
export function withTemporaries(use: (take: Take) => void): void {
  const taken: [at: number, bytes: number][] = [];
  try {
    use((bytes) => {
      const at = allocateTemporary(bytes);
      taken.push([at, bytes]);
      return at;
    });
  } finally {
    for (const [at, bytes] of taken.reverse()) releaseTemporary(at, bytes);
  }
}

/**
 * The garbage collector sees ArrayBuffers but no WebAssembly memory. Dead models, whose few objects in JS memory stand for much linear
 * memory, would give it no reason to run. So each growth of linear memory is matched by an ArrayBuffer that is never touched, whose pages
 * cost nothing. Once the collector has looked, and finalizers have given back what it found, the buffers go.
 */
let ballast: ArrayBuffer[] = [];
const looked = new FinalizationRegistry<null>(() => {
  ballast = [];
});

/** Lets the garbage collector feel that linear memory has grown by `bytes` bytes. */
export function weigh(bytes: number): void {
  if (ballast.length === 0) looked.register({}, null);
  try {
    ballast.push(new ArrayBuffer(bytes));
  } catch {
    // Where there is no address space for it, the collector comes by itself, later.
  }
}

import { PeerError } from "../errors/errors.js";
import { message } from "../errors/message.js";

/** The library that decomposes matrices. */
export type MlMatrix = typeof import("ml-matrix");

/**
 * Loads ml-matrix, which is an optional peer: who does not decompose matrices does not install it. The import stands within `try`, so that
 * bundlers take its absence for a warning.
 * @param op the name in errors
 * @throws PeerError if it is not installed
 */
export async function loadMlMatrix(op: string): Promise<MlMatrix> {
  try {
    // By its declarations the library is CommonJS, so that TypeScript shows its classes without their static methods.
    return (await import("ml-matrix")) as unknown as MlMatrix;
  } catch (cause) {
    throw absent(op, cause);
  }
}

function absent(op: string, cause: unknown): PeerError {
  const reason = (cause as { message?: unknown } | null)?.message ?? cause;
  return new PeerError(message(op, `the library ml-matrix cannot be loaded: ${reason}`, "Run: npm install ml-matrix"));
}

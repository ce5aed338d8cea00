/** The text of what `fn` throws. */
export function failure(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

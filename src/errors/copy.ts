/**
 * Stands for this copy of the library. Its tensors, modules, optimizers, metrics and callbacks hold it as `simdgradCopy`. Where a program
 * has loaded two copies, the objects of one hold another value than those of the other, and no instanceof knows them.
 */
export const COPY: object = Object.freeze({});

/** Whether an object was made by another copy of the library, which is loaded too. */
export function isOfAnotherCopy(value: object): boolean {
  const { simdgradCopy } = value as { simdgradCopy?: unknown };
  return simdgradCopy !== undefined && simdgradCopy !== COPY;
}

/**
 * Clears the shared flag of the imported memory, for platforms without shared memory; the rest of the module stands.
 *
 * Import section (id 2): count, then per import: module name, field name, kind and what it takes to describe that:
 *     0 function: type    1 table: element type, limits    2 memory: limits    3 global: type, mutability
 * Limits: flags (bit 0 has a maximum, bit 1 shared), minimum[, maximum].
 */
export function unshareMemoryImport(code: Uint8Array): Uint8Array {
  const out = code.slice();
  let at = 8;
  const leb = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = out[at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  const skipName = (): void => {
    const length = leb();
    at += length;
  };
  const unshareImport = (): void => {
    skipName();
    skipName();
    const kind = leb();
    if (kind === 2) out[at] &= ~2;
    if (kind === 1) at++;
    const flags = leb();
    if (kind !== 0) leb();
    if ((kind === 1 || kind === 2) && (flags & 1) === 1) leb();
  };
  while (at < out.length) {
    const id = out[at++];
    const end = leb() + at;
    if (id === 2) for (let left = leb(); left > 0; left--) unshareImport();
    at = end;
  }
  return out;
}

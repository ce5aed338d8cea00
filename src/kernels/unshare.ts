/**
 * Clears the shared flag of the imported memory, for platforms without shared memory; the rest of the module stands.
 *
 * Import section (id 2): count, then per import: module name, field name, kind (2 = memory), flags, minimum[, maximum].
 * Flags: bit 0 has a maximum, bit 1 shared.
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
  while (at < out.length) {
    const id = out[at++];
    const end = leb() + at;
    if (id === 2) {
      // The only import is the memory (a test of the builds checks that).
      leb();
      skipName();
      skipName();
      if (out[at++] === 2) out[at] &= ~2;
      return out;
    }
    at = end;
  }
  return out;
}

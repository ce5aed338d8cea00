/** A change of a value that JSON can hold: what stands at a path now, or what an array has from a place on. */
export type Change =
  | { readonly path: readonly string[]; readonly value: unknown }
  | { readonly path: readonly string[]; readonly from: number; readonly items: readonly unknown[] };

/** The value with a change in it: the page's side of what `Mirror` tells. */
export function changed(value: unknown, change: Change): unknown {
  return put(value, change.path, (old) =>
    "items" in change ? [...(old as unknown[]).slice(0, change.from), ...change.items] : change.value,
  );
}

function put(value: unknown, [key, ...rest]: readonly string[], make: (old: unknown) => unknown): unknown {
  if (key === undefined) return make(value);
  const whole = (value ?? {}) as Record<string, unknown>;
  return { ...whole, [key]: put(whole[key], rest, make) };
}

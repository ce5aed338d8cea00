/** The plane of the two weights of a perceptron without a threshold. */

export type Place = readonly [x: number, y: number];

/**
 * The normals of the half-planes of weights that a sample is told right by: the sample itself for class 1, its opposite for class 0. Weights
 * w are right for it where normal · w > 0.
 */
export function normalsOf(x: readonly Place[], labels: readonly number[]): Place[] {
  return x.map(([a, b], i) => (labels[i] === 1 ? [a, b] : [-a, -b]));
}

/** The part of a convex polygon where normal · w > 0. */
export function rightPart(polygon: readonly Place[], [a, b]: Place): Place[] {
  const value = ([x, y]: Place): number => a * x + b * y;
  return polygon.flatMap((corner, i): Place[] => {
    const next = polygon[(i + 1) % polygon.length];
    const [here, there] = [value(corner), value(next)];
    const kept: Place[] = here > 0 ? [corner] : [];
    if (here > 0 !== there > 0) {
      const share = here / (here - there);
      kept.push([corner[0] + share * (next[0] - corner[0]), corner[1] + share * (next[1] - corner[1])]);
    }
    return kept;
  });
}

/** The part of a convex polygon that is right for all samples: a cone within a polygon about 0. Empty if there is none. */
export function rightForAll(polygon: readonly Place[], normals: readonly Place[]): Place[] {
  const left = normals.reduce<Place[]>((part, normal) => rightPart(part, normal), [...polygon]);
  // What rounding leaves where sides coincide has no area.
  return areaOf(left) > 1e-9 * areaOf(polygon) ? left : [];
}

function areaOf(polygon: readonly Place[]): number {
  const twice = polygon.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

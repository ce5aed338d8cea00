type Place = readonly [number, number];

/**
 * A closed outline without the corners that it does not need: none that is left out lies farther than `tolerance` from the line that stays.
 * @see Douglas and Peucker, Cartographica 10, 1973
 */
export function simplified(outline: readonly Place[], tolerance: number): Place[] {
  if (outline.length < 4) return [...outline];
  // A closed line is two open ones: to the corner farthest from the first, and back.
  let far = 1;
  for (let i = 2; i < outline.length; i++) if (squared(outline[0], outline[i]) > squared(outline[0], outline[far])) far = i;
  const closed = [...outline, outline[0]];
  return [...thinned(closed.slice(0, far + 1), tolerance), ...thinned(closed.slice(far), tolerance).slice(1, -1)];
}

function thinned(line: readonly Place[], tolerance: number): Place[] {
  const [from, to] = [line[0], line[line.length - 1]];
  let [farthest, most] = [0, tolerance * tolerance];
  for (let i = 1; i < line.length - 1; i++) {
    const distance = fromSegment(line[i], from, to);
    if (distance > most) [farthest, most] = [i, distance];
  }
  if (farthest === 0) return [from, to];
  return [...thinned(line.slice(0, farthest + 1), tolerance), ...thinned(line.slice(farthest), tolerance).slice(1)];
}

/** The squared distance of a place from a piece of a line. */
function fromSegment(place: Place, from: Place, to: Place): number {
  const length = squared(from, to);
  if (length === 0) return squared(place, from);
  const along = ((place[0] - from[0]) * (to[0] - from[0]) + (place[1] - from[1]) * (to[1] - from[1])) / length;
  const share = Math.min(1, Math.max(0, along));
  return squared(place, [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
}

function squared(a: Place, b: Place): number {
  return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]);
}

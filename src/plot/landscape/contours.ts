/** A place in a grid: column and row, whole numbers at its points. */
export type Place = readonly [column: number, row: number];

/** The sides of a cell in the order in which one walks around it; each has its corner behind it. */
const SIDES = 4;

/**
 * The outlines of the region where values are at least `level`, as closed loops with the region on one side: marching squares, with linear
 * interpolation along the sides of cells. Where two opposite corners of a cell lie above, its mean says whether they are joined. The
 * region ends at the rim of the grid.
 *
 * Lorensen, Cline: Marching Cubes (SIGGRAPH 1987), in two dimensions.
 * @param values at [row][column]
 */
export function outlines(values: readonly (readonly number[])[], level: number): Place[][] {
  const [rows, columns] = [values.length, values[0].length];
  // Beyond the rim everything lies below, so that each loop closes.
  const at = (row: number, column: number): number => values[row]?.[column] ?? Number.NEGATIVE_INFINITY;
  const next = new Map<string, { to: string; place: Place }>();
  for (let row = -1; row < rows; row++) {
    for (let column = -1; column < columns; column++) {
      const corners: Place[] = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]]; // biome-ignore format: a walk around
      const heights = corners.map(([c, r]) => at(r, c));
      const above = heights.map((height) => height >= level);
      const joined = heights.reduce((sum, height) => sum + height, 0) / SIDES >= level;
      for (let side = 0; side < SIDES; side++) {
        // A piece of the outline enters where the walk comes from below to above.
        const [from, to] = [side, (side + 1) % SIDES];
        if (above[from] || !above[to]) continue;
        const leaves = leavingSide(above, side, joined);
        const place = crossing(corners[from], corners[to], heights[from], heights[to], level);
        next.set(key(corners[from], corners[to]), { to: key(corners[leaves], corners[(leaves + 1) % SIDES]), place });
      }
    }
  }
  const loops: Place[][] = [];
  for (const start of next.keys()) {
    const loop: Place[] = [];
    for (let piece = next.get(start), at = start; piece !== undefined; at = piece.to, piece = next.get(at)) {
      loop.push(piece.place);
      next.delete(at);
    }
    if (loop.length > 0) loops.push(loop);
  }
  return loops;
}

/** The side through which a piece of the outline leaves that entered through `side`. */
function leavingSide(above: readonly boolean[], side: number, joined: boolean): number {
  const isSaddle = above[0] === above[2] && above[1] === above[3];
  // Of a saddle, joined corners are passed by on the outside: the piece turns around the corner below that it came from.
  if (isSaddle) return joined ? (side + 3) % SIDES : (side + 1) % SIDES;
  let leaving = (side + 1) % SIDES;
  while (above[(leaving + 1) % SIDES]) leaving = (leaving + 1) % SIDES;
  return leaving;
}

/** The name of the side between two corners, the same for the cells on both sides. */
function key(a: Place, b: Place): string {
  const [first, second] = a[0] < b[0] || a[1] < b[1] ? [a, b] : [b, a];
  return `${first} ${second}`;
}

/** Where between a corner below and one above the level is reached. At the rim that is the corner above. */
function crossing(below: Place, above: Place, low: number, high: number, level: number): Place {
  const share = low === Number.NEGATIVE_INFINITY ? 1 : (level - low) / (high - low);
  return [below[0] + share * (above[0] - below[0]), below[1] + share * (above[1] - below[1])];
}

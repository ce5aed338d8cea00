/** A closed outline, as places of a grid: columns to the right, rows downwards, [0, 0] its first value. */
export type Outline = readonly (readonly [column: number, row: number])[];

/** Values at the points of a grid, row by row. */
export interface Grid {
  readonly values: ArrayLike<number>;
  readonly columns: number;
  readonly rows: number;
}

/**
 * The outlines of where values reach a threshold, by marching squares: each cell of four neighbours has a piece of them, whose ends lie on
 * its sides where the values between two corners are the threshold. Regions that reach the grid's edge are closed along it. A region is
 * what lies within an odd number of outlines.
 * @see Lorensen and Cline, SIGGRAPH 1987, in two dimensions
 */
export function outlines(grid: Grid, threshold: number): Outline[] {
  const next = pieces(grid, threshold);
  const place = placeOf(grid, threshold);
  const found: Outline[] = [];
  while (next.size > 0) {
    const [[start]] = next;
    const outline: (readonly [number, number])[] = [];
    for (let side: number | undefined = start; side !== undefined; ) {
      outline.push(place(side));
      const following: number | undefined = next.get(side);
      next.delete(side);
      side = following === start ? undefined : following;
    }
    found.push(outline);
  }
  return found;
}

/**
 * Sides of cells are numbered: 2 · k goes from corner k to the right, 2 · k + 1 downwards. Around the grid stands a ring of corners that no
 * threshold is reached at.
 * @returns for each side that an outline crosses the next one, with the region at the same hand all the way
 */
function pieces({ values, columns, rows }: Grid, threshold: number): Map<number, number> {
  const width = columns + 2;
  const at = (i: number, j: number): number =>
    i < 1 || j < 1 || i > columns || j > rows ? -Infinity : values[(j - 1) * columns + (i - 1)];
  const next = new Map<number, number>();
  for (let j = 0; j <= rows; j++) {
    for (let i = 0; i <= columns; i++) {
      const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
      const inside = corners.map((value) => value >= threshold);
      // Clockwise: above, right, below, left.
      const sides = [2 * (j * width + i), 2 * (j * width + i + 1) + 1, 2 * ((j + 1) * width + i), 2 * (j * width + i) + 1];
      // Round the cell, the region is entered at a side from without to within, and left at one from within to without.
      const enters = sides.filter((_, k) => !inside[k] && inside[(k + 1) % 4]);
      const leaves = sides.filter((_, k) => inside[k] && !inside[(k + 1) % 4]);
      if (enters.length === 1) next.set(leaves[0], enters[0]);
      else if (enters.length === 2) {
        // Two corners across from each other: the mean tells whether the region goes through between them.
        const joined = (corners[0] + corners[1] + corners[2] + corners[3]) / 4 >= threshold;
        for (const leave of leaves) {
          const k = sides.indexOf(leave);
          next.set(leave, sides[(joined ? k + 1 : k + 3) % 4]);
        }
      }
    }
  }
  return next;
}

/** The place on a side where the values reach the threshold; of sides that leave the grid its corner. */
function placeOf({ values, columns, rows }: Grid, threshold: number): (side: number) => readonly [number, number] {
  const width = columns + 2;
  const within = (i: number, j: number): boolean => i >= 0 && j >= 0 && i < columns && j < rows;
  return (side) => {
    const corner = Math.floor(side / 2);
    const [i, j] = [(corner % width) - 1, Math.floor(corner / width) - 1];
    const [di, dj] = side % 2 === 0 ? [1, 0] : [0, 1];
    if (!within(i, j)) return [i + di, j + dj];
    if (!within(i + di, j + dj)) return [i, j];
    const [from, to] = [values[j * columns + i], values[(j + dj) * columns + i + di]];
    const share = (threshold - from) / (to - from);
    return [i + di * share, j + dj * share];
  };
}

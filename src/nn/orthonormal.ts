/**
 * Makes the rows of a matrix orthonormal, or its columns where there are fewer of them: Gram–Schmidt, twice for each vector, in float64. Of
 * normal numbers come all orthonormal systems with the same probability. The matrix is [rows, columns], row by row.
 */
export function orthonormalize(matrix: Float64Array, rows: number, columns: number): void {
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const [next, step] = rows <= columns ? [columns, 1] : [1, columns];
  const dot = (i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < length; k++) sum += matrix[i * next + k * step] * matrix[j * next + k * step];
    return sum;
  };
  for (let i = 0; i < count; i++) {
    // Once leaves what rounding adds of the vectors before.
    for (const _ of [1, 2]) {
      for (let j = 0; j < i; j++) {
        const along = dot(i, j);
        for (let k = 0; k < length; k++) matrix[i * next + k * step] -= along * matrix[j * next + k * step];
      }
    }
    const scale = 1 / Math.sqrt(dot(i, i));
    for (let k = 0; k < length; k++) matrix[i * next + k * step] *= scale;
  }
}

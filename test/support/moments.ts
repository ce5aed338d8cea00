/** Mean, standard deviation and the largest magnitude of numbers. */
export const moments = (x: Float32Array): { mean: number; std: number; largest: number } => {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const std = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length);
  return { mean, std, largest: x.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
};

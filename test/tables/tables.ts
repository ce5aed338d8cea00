/** Numbers from 0 to below 1 that are the same in every run. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** Flats whose rent follows from size, city and age; some cells are missing, and some columns tell nothing. */
export function flats(count: number): Record<string, unknown>[] {
  const next = numbers(1);
  return Array.from({ length: count }, (_, i) => {
    const size = 20 + Math.floor(100 * next());
    const city = ["Ulm", "Bonn", "Kiel"][Math.floor(3 * next())];
    const built = `${1950 + Math.floor(70 * next())}-06-01`;
    const rent = 8 * size + (city === "Bonn" ? 200 : 0) + 20 * next();
    return {
      id: i + 1,
      size: i % 10 === 3 ? null : size,
      city,
      built,
      note: `${["bright flat with a balcony", "quiet flat near the river", "small flat without a lift"][i % 3]} number ${i}`,
      country: "Germany",
      owner: `owner-${i}`,
      empty: null,
      rent,
      isLarge: size > 70 ? "large" : "small",
    };
  });
}

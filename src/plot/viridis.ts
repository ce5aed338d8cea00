/** Viridis in ten steps, from little to much (van der Walt, Smith, 2015): its brightness grows evenly, also for those who see few colours. */
const STOPS = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"].map((hex) =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)),
);

/** The colour of a share from 0 to 1. @param light by which it is multiplied, 1 leaves it as it is */
export function viridis(share: number, light = 1): string {
  const at = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1);
  const below = Math.min(Math.floor(at), STOPS.length - 2);
  const channels = STOPS[below].map((low, i) => (low + (at - below) * (STOPS[below + 1][i] - low)) * light);
  return `#${channels.map((value) => Math.round(Math.min(value, 255)).toString(16).padStart(2, "0")).join("")}`;
}

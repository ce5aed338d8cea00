/** Numbers as people read them. */

/** "0.0431", "12,345", "3.2e-7"; "–" for null. */
export function numberText(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value.toLocaleString("en");
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6)
    return Number(value.toPrecision(Math.max(1, digits - 1)))
      .toExponential()
      .replace("e+", "e");
  return String(Number(value.toPrecision(digits)));
}

/** "97.5 %" */
export function percentText(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined || !Number.isFinite(share) ? "–" : `${(100 * share).toFixed(digits)} %`;
}

/** "1 min 5 s" */
export function durationText(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** "1.2 MB" */
export function bytesText(bytes: number | null): string {
  if (bytes === null) return "–";
  for (const [unit, size] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ] as const)
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  return `${bytes} B`;
}

/** "learningRate" → "learning rate", "valLoss" → "validation loss" */
export function words(name: string): string {
  return name
    .replace(/^val(?=[A-Z])/, "validation ")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/\b[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase());
}

/** The first letter a capital. */
export function capital(text: string): string {
  return text === "" ? "" : `${text[0].toUpperCase()}${text.slice(1)}`;
}

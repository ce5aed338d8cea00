import { PROVEN } from "./proven.js";

/** Why V8 is not trusted to compile wide; null if it is. @param proven whether its version must be one of those proven */
export function versionObstacle(proven: boolean): string | null {
  const version = v8Version();
  if (proven) return PROVEN.includes(version) ? null : `V8 ${version} is not one of those proven (${PROVEN.join(", ")})`;
  return compareVersions(version, PROVEN[0]) < 0 ? `V8 ${version} is older than ${PROVEN[0]}, the first that was proven` : null;
}

/** The version of V8 without Node's suffix, which moves with every release of Node. */
export function v8Version(): string {
  return String((globalThis as { process?: { versions: { v8?: string } } }).process?.versions.v8).replace(/-.*$/, "");
}

/** Below 0 if version `a` is older than `b`, above 0 if it is newer. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(".").map(Number));
  const at = x.findIndex((number, i) => number !== y[i]);
  return at < 0 ? 0 : x[at] - (y[at] ?? 0);
}

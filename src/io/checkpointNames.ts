/** How a checkpoint is told from other safetensors files, and its weights from its other tensors. */

/** What the names of the tensors begin with that are no weights. */
export const PREFIX = "checkpoint/";

/** The names in the metadata of the state, and of the file's sum. */
export const STATE = "simdgrad.checkpoint";
export const DIGEST = "simdgrad.sha256";

/** Whether a file's metadata are those of a checkpoint. */
export function isCheckpoint(metadata: Readonly<Record<string, string>>): boolean {
  return Object.hasOwn(metadata, DIGEST);
}

/** Of the entries of a file by name those that are weights: all, unless it is a checkpoint. */
export function weightsAmong<T>(entries: ReadonlyMap<string, T>, metadata: Readonly<Record<string, string>>): Map<string, T> {
  const isWeight = ([name]: readonly [string, T]): boolean => !isCheckpoint(metadata) || !name.startsWith(PREFIX);
  return new Map([...entries].filter(isWeight));
}

/** The metadata of a file without those of a checkpoint. */
export function ownMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const { [STATE]: _, [DIGEST]: __, ...own } = metadata;
  return own;
}

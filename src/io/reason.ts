/** The error codes of the system in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left",
  EDQUOT: "the quota is used up",
  EMFILE: "too many open files",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead in a circle",
  EPIPE: "nobody reads the other end",
};

/** The code of an error of the system, such as "ENOENT"; "" for any other error. */
export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? "");
}

/** Why the system refused, in words. */
export function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? ((error as { message?: string } | null)?.message || String(error));
}

import { bytesText, message } from "../errors/message.js";
import { abortSignal, callable } from "../options/kinds.js";
import { sha256 } from "./digest.js";
import { FileError } from "./error.js";
import { terminal } from "./node.js";

/** A published file that never changes. */
export interface Published {
  name: string;
  /** Its name in its public home, where that is another. */
  remote?: string;
  bytes: number;
  /** SHA-256 of the file in hexadecimal digits. */
  sha256: string;
}

/** The progress of a download. */
export interface DownloadProgress {
  /** The name of the file. */
  file: string;
  /** Bytes received so far. */
  received: number;
  /** Bytes of the whole file. */
  total: number;
}

/** The options of all functions that download. */
export const DOWNLOAD = {
  /** Called as bytes arrive; null shows no progress. Default: a line on stderr, and nothing in browsers. */
  onProgress: callable<(progress: DownloadProgress) => void>()("a function", { nullable: true }),
  /** Signal that aborts downloads. Default none. */
  signal: abortSignal({}),
};

export interface DownloadSettings {
  readonly onProgress: ((progress: DownloadProgress) => void) | null | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Downloads a file from the first of several places that has it undamaged.
 * @param op name of the calling function, with which errors begin
 * @param places addresses of folders, each with a slash at the end
 * @throws FileError that says for each place what went wrong; the reason of `signal` if it is aborted
 */
export async function download(
  op: string,
  file: Published,
  places: readonly string[],
  mend: string,
  options: DownloadSettings,
): Promise<Uint8Array> {
  const { onProgress = showProgress, signal } = options;
  const problems: string[] = [];
  for (const place of places) {
    const url = place + (file.remote ?? file.name);
    try {
      const bytes = await receive(url, file, (received) => onProgress?.({ file: file.name, received, total: file.bytes }), signal);
      const problem = await differs(op, file, bytes);
      if (problem === null) return bytes;
      problems.push(`${url}: ${problem}`);
    } catch (error) {
      signal?.throwIfAborted();
      problems.push(`${url}: ${reason(error)}`);
    }
  }
  throw new FileError(message(op, `cannot download ${file.name}: ${problems.join("; ")}`, mend));
}

/** Text that says how bytes differ from the published file; null if they are the same. */
export async function differs(op: string, file: Published, bytes: Uint8Array): Promise<string | null> {
  if (bytes.length !== file.bytes) return `it has ${bytes.length} bytes, the published file ${file.bytes}`;
  const sum = await sha256(op, bytes);
  return sum === file.sha256 ? null : `its SHA-256 is ${sum}, of the published file ${file.sha256}`;
}

async function receive(url: string, file: Published, report: (received: number) => void, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null) throw new FileError(`HTTP ${response.status}`);
  const bytes = new Uint8Array(file.bytes);
  let received = 0;
  const reader = response.body.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    if (received + chunk.value.length > file.bytes) {
      await reader.cancel();
      const encoding = response.headers.get("content-encoding");
      const why = encoding === null ? "" : `: the server has it decoded (Content-Encoding: ${encoding}) and must send it as it is`;
      throw new FileError(`it has more than the published ${file.bytes} bytes${why}`);
    }
    bytes.set(chunk.value, received);
    received += chunk.value.length;
    report(received);
  }
  return bytes.subarray(0, received);
}

/** The reason of a failure. An error of `fetch` only says "fetch failed"; the reason is in its `cause`. */
function reason(error: unknown): string {
  const { message: text, cause } = error as { message?: string; cause?: { message?: string; code?: string } };
  const why = cause?.message || cause?.code;
  return why ? `${text} (${why})` : (text ?? String(error));
}

/** Shows progress: in a terminal one line that counts, elsewhere one line for each file when it is complete. */
function showProgress({ file, received, total }: DownloadProgress): void {
  const out = terminal();
  const whole = received === total;
  if (out === null || !(out.isTTY || whole)) return;
  const share = `${Math.floor((100 * received) / total)} %`.padStart(5);
  out.write(`${out.isTTY ? "\r" : ""}downloading ${file} ${share} of ${bytesText(total)}${whole ? "\n" : ""}`);
}

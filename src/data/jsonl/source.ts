import { bytesText, kindText } from "../../errors/message.js";
import { RecordError } from "../../io/recordError.js";
import { isPlain } from "../../options/plain.js";
import { Gathered } from "../files/gathered.js";
import type { ByteSource } from "../files/source.js";

/** The longest line, in bytes. */
const LONGEST = 1 << 24;

const LF = 10;

/** A record of a JSONL file. */
export type JsonRecord = Record<string, unknown>;

/** The records of a JSONL file; in the place of a bad one its error. @throws FileError */
export async function* readJsonl(op: string, source: ByteSource): AsyncGenerator<JsonRecord | RecordError, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const file = source.name;
  const pieces = source.pieces();
  try {
    const gathered = new Gathered(pieces);
    let line = 0;
    for (let rest = 0; await gathered.more(rest); ) {
      const { bytes, end } = gathered;
      rest = 0;
      while (rest < end) {
        const close = bytes.indexOf(LF, rest);
        const record = parsed(op, decoder, bytes.subarray(rest, close), { file, line: ++line });
        rest = close + 1;
        if (record !== null) yield record;
      }
      if (bytes.length - rest > LONGEST)
        throw new RecordError(op, `the line has more than ${bytesText(LONGEST)}`, { file, line: line + 1 });
    }
  } finally {
    await pieces.return();
  }
}

/** What a line says; null where it is empty. */
function parsed(
  op: string,
  decoder: TextDecoder,
  bytes: Uint8Array,
  place: { file: string; line: number },
): JsonRecord | RecordError | null {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return new RecordError(op, "its bytes are no UTF-8", place, "Save the file as UTF-8.");
  }
  // A mark of the order of bytes may begin the file. Only what JSON takes for white space makes no difference.
  if (place.line === 1 && text.startsWith("\ufeff")) text = text.slice(1);
  if (/^[ \t\r]*$/.test(text)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return new RecordError(op, `it is no JSON: ${(cause as Error).message}`, { ...place, cause }, "Each line is an object: { … }.");
  }
  if (!isPlain(value)) return new RecordError(op, `it is ${kindText(value)}; expected an object`, place);
  return value;
}

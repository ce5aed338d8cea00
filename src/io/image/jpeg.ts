import { PeerError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { builtin } from "../../kernels/platform.js";
import { FileError } from "../error.js";
import { readFile } from "../file.js";
import { checkJpeg } from "./jpegHeader.js";
import type { Raster } from "./raster.js";

/** An instance of MozJPEG, as @jsquash/jpeg makes it. It decodes synchronously. */
interface Decoder {
  decode(bytes: Uint8Array, upright: boolean): { data: Uint8ClampedArray; width: number; height: number } | null;
  readonly HEAPU8: Uint8Array;
}

type Factory = (options: {
  noInitialRun: boolean;
  printErr: (text: string) => void;
  instantiateWasm?: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => WebAssembly.Exports;
}) => Promise<Decoder>;

/** The first complaint of the decoder. It is thrown through the decoder, so that no time is spent on filling up what is missing. */
class Complaint {
  constructor(readonly text: string) {}
}

/** An instance that has grown larger than this is not kept, since the memory of an instance never shrinks. */
const MOST_KEPT = 64 << 20;

let makeDecoder: Promise<() => Promise<Decoder>> | null = null;
/** The instance for the next image; null where the last one failed in the midst of its work, or grew large. */
let decoder: Decoder | null = null;

/**
 * Decodes a JPEG file, baseline or progressive, grey or colour. Where the camera noted how it was held (EXIF), the image is turned upright.
 * What the decoder only warns of, and would fill up with grey, is an error here.
 * @throws FileError for a file that is damaged, truncated, of a kind that is not read, or has more pixels than `maxPixels`
 * @throws PeerError if the decoder is not installed
 */
export async function decodeJpeg(op: string, bytes: Uint8Array, maxPixels: number): Promise<Raster> {
  checkJpeg(op, bytes, maxPixels);
  const make = await prepareJpeg(op);
  const used = decoder ?? (await make());
  decoder = null;
  let image: ReturnType<Decoder["decode"]>;
  try {
    image = used.decode(bytes, true);
  } catch (error) {
    const reason = error instanceof Complaint ? error.text : "the decoder broke off";
    throw new FileError(message(op, `the JPEG file is damaged: ${reason}`, "Get the file again."));
  }
  if (used.HEAPU8.length <= MOST_KEPT) decoder = used;
  if (image === null) throw new FileError(message(op, "the JPEG file is damaged: the decoder gave no image", "Get the file again."));
  const { data, width, height } = image;
  return { width, height, channels: 4, bytes: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

/** Loads the decoder, once. @throws PeerError if it is not installed */
export function prepareJpeg(op: string): Promise<() => Promise<Decoder>> {
  makeDecoder ??= load(op).catch((error) => {
    makeDecoder = null;
    throw error;
  });
  return makeDecoder;
}

/**
 * Loads the decoder, an optional peer: who has no JPEG files does not install it. Its program is compiled once. Node cannot fetch files,
 * so there the program is read from where the library lies.
 */
async function load(op: string): Promise<() => Promise<Decoder>> {
  try {
    const { default: factory } = (await import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js")) as unknown as { default: Factory };
    const base = {
      noInitialRun: true,
      printErr: (text: string) => {
        throw new Complaint(text);
      },
    };
    const nodeModule = builtin<{ createRequire(from: string): { resolve(id: string): string } }>("node:module");
    if (nodeModule === undefined) return () => factory(base);
    const path = nodeModule.createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
    const program = await WebAssembly.compile((await readFile(path, op)) as BufferSource);
    const instantiateWasm = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
      const instance = new WebAssembly.Instance(program, imports);
      done(instance);
      return instance.exports;
    };
    return () => factory({ ...base, instantiateWasm });
  } catch (cause) {
    const reason = (cause as { message?: unknown } | null)?.message ?? cause;
    const mend = "Run: npm install @jsquash/jpeg";
    throw new PeerError(message(op, `JPEG files need the library @jsquash/jpeg, which cannot be loaded: ${reason}`, mend));
  }
}

import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { DOWNLOAD, type Published } from "./download.js";
import { type Collection, find, PLACES } from "./published.js";

const LOAD_SHAKESPEARE = declare("loadShakespeare", { ...PLACES, ...DOWNLOAD });

/** Options of `loadShakespeare`. */
export interface ShakespeareOptions extends OptionsOf<typeof LOAD_SHAKESPEARE> {}

/** A text for language models, in two parts. */
export interface TextDataset {
  /** The text to train on. */
  train: string;
  /** The text to judge by, which follows it. */
  validation: string;
}

const TEXT: Collection = {
  name: "text",
  files: "tinyshakespeare.txt",
  homes: ["https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/"],
};

const FILE: Published = {
  name: "tinyshakespeare.txt",
  remote: "input.txt",
  bytes: 1115394,
  sha256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
};

/** Everybody trains on the first nine tenths. */
const TRAIN_SHARE = 0.9;

/**
 * Tiny Shakespeare: 40,000 lines of Shakespeare's plays, 1,115,394 characters of 65 kinds, as Karpathy's char-rnn has them (public
 * domain). The first 90 % are for training, the rest for validation.
 *
 * The file is read from the first of these places: `folder`; the sub-folder `text` of the folder that the environment variable
 * SIMDGRAD_DATA names; the cache folder. Otherwise it is downloaded into the cache folder, once (1.1 MB). Its checksum is compared.
 *
 * @param options.folder folder with tinyshakespeare.txt
 * @param options.cacheFolder folder for the downloaded file
 * @param options.baseUrl address of a folder with input.txt; needed in browsers
 * @param options.onProgress called with { file, received, total } during the download; null shows no progress
 * @param options.signal signal that aborts the download
 * @throws FileError for a file that is missing, cannot be downloaded, or is not the published one; it says what to do offline
 * @example
 * const { train, validation } = await loadShakespeare();
 */
export async function loadShakespeare(options?: ShakespeareOptions): Promise<TextDataset> {
  const { op } = LOAD_SHAKESPEARE;
  checkArity(op, arguments.length, 1);
  const bytes = await find(op, TEXT, FILE, LOAD_SHAKESPEARE.readOptions(options));
  const text = new TextDecoder().decode(bytes);
  const cut = Math.floor(TRAIN_SHARE * text.length);
  return { train: text.slice(0, cut), validation: text.slice(cut) };
}

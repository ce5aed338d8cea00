import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ArgumentError } from "../../src/errors/errors.js";
import { FileError } from "../../src/io/error.js";
import { loadFashionMnist, loadMnist } from "../../src/io/mnist.js";
import { cacheFolder } from "../../src/io/node.js";
import { dataFile, withoutFiles } from "../support/data.js";

const FILES = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];

const folder = mkdtempSync(join(tmpdir(), "simdgrad-mnist-"));
let server: Server;
let baseUrl = "";
/** What the server has, and was asked for. */
const served = new Map<string, Uint8Array>();
const asked: string[] = [];

beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const body = served.get(url);
    if (body) response.end(body);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.stubEnv("SIMDGRAD_DATA", "");
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  served.clear();
  asked.length = 0;
});

const images = dataFile("MNIST", `mnist/${FILES[0]}`);
const clothes = dataFile("Fashion-MNIST", `fashion-mnist/${FILES[0]}`);

const counts = (y: ArrayLike<number>) => {
  const found = new Array<number>(10).fill(0);
  for (let i = 0; i < y.length; i++) found[y[i]]++;
  return found;
};
const mean = (x: ArrayLike<number>) =>
  Array.prototype.reduce.call<ArrayLike<number>, [(a: number, b: number) => number, number], number>(x, (a, b) => a + b, 0) / x.length;

describe.skipIf(images === null)("MNIST", () => {
  const home = () => dirname(images as string);

  test("is what was published", async () => {
    const { train, test: held, classNames } = await loadMnist({ folder: home() });
    expect([train.x.shape, train.y.shape, held.x.shape, held.y.shape]).toEqual([[60000, 784], [60000], [10000, 784], [10000]]);
    expect([train.x.dtype, train.y.dtype, classNames.length]).toEqual(["float32", "int32", 10]);
    // The figures that everybody normalizes with.
    expect(mean(train.x.view())).toBeCloseTo(0.1307, 4);
    expect([...train.y.view().subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect(counts(held.y.view())).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect(Math.max(...held.x.view().subarray(0, 784))).toBe(1);
  });

  test("is found by SIMDGRAD_DATA, as images", async () => {
    vi.stubEnv("SIMDGRAD_DATA", dirname(home()));
    vi.stubGlobal("fetch", () => expect.fail("nothing is downloaded"));
    const { train, test: held } = await loadMnist({ image: true });
    expect([train.x.shape, held.x.shape]).toEqual([
      [60000, 1, 28, 28],
      [10000, 1, 28, 28],
    ]);
  });

  test("is downloaded once, with progress, and kept", async () => {
    for (const name of FILES) served.set(`/files/${name}`, readFileSync(join(home(), name)));
    const progress: [string, number, number][] = [];
    await loadMnist({ baseUrl, onProgress: ({ file, received, total }) => progress.push([file, received, total]) });
    expect([...asked].sort()).toEqual(FILES.map((name) => `/files/${name}`).sort());
    for (const name of FILES) {
      const steps = progress.filter(([file]) => file === name);
      const [, received, total] = steps[steps.length - 1];
      expect([received, total]).toEqual([served.get(`/files/${name}`)?.length, received]);
      expect(steps.map(([, bytes]) => bytes)).toEqual(steps.map(([, bytes]) => bytes).sort((a, b) => a - b));
    }
    expect(readdirSync(join(folder, "cache/simdgrad/mnist")).sort()).toEqual([...FILES].sort());
    asked.length = 0;
    await loadMnist({ baseUrl, onProgress: null });
    expect(asked).toEqual([]);
    // A damaged file of the cache is had again.
    writeFileSync(join(folder, "cache/simdgrad/mnist", FILES[3]), "damaged");
    await loadMnist({ baseUrl, onProgress: null });
    expect(asked).toEqual([`/files/${FILES[3]}`]);
  });

  test("comes from an address alone where there are no files", async () => {
    for (const name of FILES) served.set(`/files/${name}`, readFileSync(join(home(), name)));
    vi.stubGlobal("process", withoutFiles());
    const { test: held } = await loadMnist({ baseUrl: new URL(`${baseUrl}/`) });
    expect(held.x.shape).toEqual([10000, 784]);
  });

  test("damaged in a folder is refused", async () => {
    const copy = join(folder, "copy");
    mkdirSync(copy);
    for (const name of FILES) copyFileSync(join(home(), name), join(copy, name));
    const path = join(copy, FILES[1]);
    const bytes = readFileSync(path);
    bytes[100] ^= 1;
    writeFileSync(path, bytes);
    await expect(loadMnist({ folder: copy })).rejects.toThrow(
      /^loadMnist: .*train-labels-idx1-ubyte\.gz is not the published file: its SHA-256 is [0-9a-f]{64}, of the published file 3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c\. Get it again\.$/,
    );
    writeFileSync(path, bytes.subarray(0, 99));
    await expect(loadMnist({ folder: copy })).rejects.toThrow(
      new FileError(`loadMnist: ${path} is not the published file: it has 99 bytes, the published file 28881. Get it again.`),
    );
  });
});

describe.skipIf(clothes === null)("Fashion-MNIST", () => {
  test("is what was published", async () => {
    const { train, test: held, classNames } = await loadFashionMnist({ folder: join(dirname(clothes as string), "..") });
    expect([train.x.shape, held.y.shape]).toEqual([[60000, 784], [10000]]);
    expect(counts(held.y.view())).toEqual(new Array(10).fill(1000));
    expect(mean(train.x.view())).toBeCloseTo(0.286, 4);
    expect(classNames[train.y.view()[0]]).toBe("Ankle boot");
  });
});

describe("refused", () => {
  test("a folder without the files", async () => {
    const empty = join(folder, "empty");
    await expect(loadMnist({ folder: empty })).rejects.toThrow(
      new FileError(`loadMnist: there is no ${FILES[1]} in ${empty} nor in ${join(empty, "mnist")}. Leave folder out to download it.`),
    );
  });

  test("a home that has not the files, or others", async () => {
    const cache = join(folder, "other");
    const offline = `Offline: put the four .gz files into a folder and pass { folder }, or into fashion-mnist in the folder that SIMDGRAD_DATA names, or into ${join(cache, "fashion-mnist")}.`;
    const url = `${baseUrl}/${FILES[1]}`;
    const load = () => loadFashionMnist({ baseUrl, cacheFolder: cache });
    await expect(load()).rejects.toThrow(new FileError(`loadFashionMnist: cannot download ${FILES[1]}: ${url}: HTTP 404. ${offline}`));
    served.set(`/files/${FILES[1]}`, new Uint8Array(5));
    await expect(load()).rejects.toThrow(
      new FileError(`loadFashionMnist: cannot download ${FILES[1]}: ${url}: it has 5 bytes, the published file 29515. ${offline}`),
    );
    served.set(`/files/${FILES[1]}`, new Uint8Array(29515));
    await expect(load()).rejects.toThrow(/its SHA-256 is [0-9a-f]{64}, of the published file a04f1713/);
    served.set(`/files/${FILES[1]}`, new Uint8Array(40000));
    await expect(load()).rejects.toThrow(
      new FileError(`loadFashionMnist: cannot download ${FILES[1]}: ${url}: it has more than the published 29515 bytes. ${offline}`),
    );
  });

  test("homes that cannot be reached, each with its reason", async () => {
    const reasons = [new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND") }), new TypeError("fetch failed")];
    vi.stubGlobal("fetch", () => Promise.reject(reasons.shift()));
    await expect(loadMnist({ cacheFolder: join(folder, "none") })).rejects.toThrow(
      new FileError(
        `loadMnist: cannot download ${FILES[1]}: https://ossci-datasets.s3.amazonaws.com/mnist/${FILES[1]}: fetch failed (getaddrinfo ENOTFOUND); https://storage.googleapis.com/cvdf-datasets/mnist/${FILES[1]}: fetch failed. Offline: put the four .gz files into a folder and pass { folder }, or into mnist in the folder that SIMDGRAD_DATA names, or into ${join(folder, "none/mnist")}.`,
      ),
    );
  });

  test("a browser without an address", async () => {
    vi.stubGlobal("process", withoutFiles());
    await expect(loadMnist()).rejects.toThrow(
      new FileError(
        "loadMnist: there is no file system here. In browsers pass { baseUrl }, the address of a folder with the four .gz files.",
      ),
    );
  });

  test("an aborted download", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(loadMnist({ baseUrl, signal, cacheFolder: join(folder, "none") })).rejects.toThrow("enough");
  });

  test("a file that the server decodes on the way", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(new Uint8Array(40000), { headers: { "content-encoding": "gzip" } })));
    await expect(loadMnist({ baseUrl, cacheFolder: join(folder, "none") })).rejects.toThrow(
      /: it has more than the published 28881 bytes: the server has it decoded \(Content-Encoding: gzip\) and must send it as it is\. Offline/,
    );
  });

  test("an unknown option", async () => {
    await expect(loadMnist({ path: "." } as never)).rejects.toThrow(
      new ArgumentError('loadMnist: unknown option "path". Known: folder, cacheFolder, baseUrl, image, onProgress, signal.'),
    );
  });
});

test("the cache folder is the platform's", () => {
  expect(cacheFolder("loadMnist")).toBe(join(folder, "cache/simdgrad"));
  vi.stubEnv("XDG_CACHE_HOME", "");
  expect(cacheFolder("loadMnist")).toMatch(process.platform === "win32" ? /simdgrad$/ : /\.cache\/simdgrad$/);
});

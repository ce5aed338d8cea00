import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  type ImageFolder,
  type ImageFolderOptions,
  imageFolder,
  RecordError,
  randomCrop,
  randomFlip,
  transformed,
} from "../../src/data.js";
import { loadDigits } from "../../src/digits.js";
import { forgetNotes } from "../../src/errors/note.js";
import { Conv2d, Dense, Flatten, manualSeed, Sequential } from "../../src/index.js";
import { rejection } from "../support/errors.js";
import { png } from "../support/png.js";
import { collect } from "../support/streams.js";

/** A PNG of one grey. */
const grey = (value: number, size = 4) => png({ width: size, height: size, type: 0, depth: 8, pixel: () => [value] });

/** A folder for the running test. */
function folderOf(files: Record<string, Uint8Array | string>): string {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-images-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return folder;
}

const ANIMALS = { "dog/b.png": grey(30), "dog/deep/a.png": grey(20), "dog/a.png": grey(10), "cat/2.png": grey(50), "cat/10.PNG": grey(40) };
const BYTES: ImageFolderOptions = { dtype: "uint8", colorMode: "grayscale" };

/** The first pixel and the class of each image. */
const pixels = async (images: AsyncIterable<{ x: { view(): ArrayLike<number> }; y: number }>) =>
  (await collect(images)).map(({ x, y }) => [x.view()[0], y]);

/** What is noted while a function runs. */
async function notes(fn: () => Promise<unknown>): Promise<string[]> {
  forgetNotes();
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  try {
    await fn();
    return warn.mock.calls.map(([text]) => text as string);
  } finally {
    warn.mockRestore();
  }
}

describe("a folder with a folder for each class", () => {
  test("is a stream of images with the numbers of their classes, in the order of the names", async () => {
    const folder = folderOf(ANIMALS);
    for (const path of [folder, pathToFileURL(folder)]) {
      const images = await imageFolder(path, BYTES);
      expect([images.length, images.classNames, images.counts]).toEqual([5, ["cat", "dog"], { cat: 2, dog: 3 }]);
      expect(images.files).toEqual(["cat/10.PNG", "cat/2.png", "dog/a.png", "dog/b.png", "dog/deep/a.png"]);
      expect(await pixels(images)).toEqual([
        [40, 0],
        [50, 0],
        [10, 1],
        [30, 1],
        [20, 1],
      ]);
      // It can be walked again, and from any place.
      expect(await pixels(images)).toHaveLength(5);
      expect(await pixels(images.iterateFrom(3))).toEqual([
        [30, 1],
        [20, 1],
      ]);
    }
  });

  test("gives batches of tensors, of floats or bytes, of any size", async () => {
    const folder = folderOf(ANIMALS);
    const [{ x, y }] = await collect((await imageFolder(folder, { size: [2, 3] })).batch(5));
    expect([x.shape, x.dtype, y.toArray()]).toEqual([[5, 3, 2, 3], "float32", [0, 0, 1, 1, 1]]);
    expect(x.view()[0]).toBe(Math.fround(40 / 255));
    const [bytes] = await collect((await imageFolder(folder, BYTES)).batch(2));
    expect([bytes.x.shape, bytes.x.dtype]).toEqual([[2, 1, 4, 4], "uint8"]);
  });

  test("goes through transforms on its way", async () => {
    const images = await imageFolder(folderOf(ANIMALS), { size: 6 });
    const batches = await collect(transformed(images.shuffle().batch(2), [randomCrop({ size: 4 }), randomFlip()]));
    expect(batches.map(({ x }) => x.shape)).toEqual([
      [2, 3, 4, 4],
      [2, 3, 4, 4],
      [1, 3, 4, 4],
    ]);
  });

  test("hidden files are passed over, others are named once", async () => {
    const folder = folderOf({
      ...ANIMALS,
      ".hidden/x.png": "",
      "cat/.DS_Store": "",
      "cat/notes.txt": "",
      "dog/deep/x.gif": "",
      "readme.md": "",
    });
    let images: ImageFolder | undefined;
    const told = await notes(async () => {
      images = await imageFolder(folder);
      await imageFolder(folder);
    });
    expect(told).toEqual([
      "simdgrad: imageFolder: 3 files are left out, since they are no PNG or JPEG files in the folder of a class, such as readme.md",
    ]);
    expect(images?.length).toBe(5);
  });

  test("JPEG files and PNG files, and links", async () => {
    const folder = folderOf({ "a/1.png": grey(7), "b/x": "" });
    copyFileSync("test/fixtures/images/baseline.jpg", join(folder, "b/1.jpeg"));
    symlinkSync(join(folder, "a"), join(folder, "c"));
    let shapes: unknown;
    await notes(async () => {
      const images = await imageFolder(folder, { size: 8 });
      shapes = [images.classNames, (await collect(images)).map(({ x }) => x.shape)];
    });
    expect(shapes).toEqual([["a", "b", "c"], Array(3).fill([3, 8, 8])]);
  });
});

describe("labels by file", () => {
  const files = { "x.png": grey(1), "sub/y.png": grey(2), "z.png": grey(3) };

  test("from an object, or from a CSV file", async () => {
    const labels = { "z.png": "b", "x.png": "a", "sub/y.png": "b" };
    const csv = "file,label\nz.png,b\nsub/y.png,b\nx.png,a\n";
    const folder = folderOf({ ...files, "labels.csv": csv });
    for (const given of [labels, "labels.csv", join(folder, "labels.csv")]) {
      const images = await imageFolder(folder, { ...BYTES, labels: given });
      expect([images.classNames, images.files]).toEqual([
        ["a", "b"],
        ["sub/y.png", "x.png", "z.png"],
      ]);
      expect(await pixels(images)).toEqual([
        [2, 1],
        [1, 0],
        [3, 1],
      ]);
    }
  });

  test("numbers are names of classes, too", async () => {
    const images = await imageFolder(folderOf({ ...files, "l.csv": "file,label\nz.png,7\nx.png,3\nsub/y.png,3\n" }), { labels: "l.csv" });
    expect(images.classNames).toEqual(["3", "7"]);
  });

  test("an image without a label is named; a label without an image is an error", async () => {
    const folder = folderOf({ ...files, "twice.csv": "file,label\nz.png,7\nz.png,3\n", "gap.csv": "file,label\nz.png,\n" });
    const told = await notes(() => imageFolder(folder, { labels: { "z.png": "b" } }));
    expect(told).toEqual(["simdgrad: imageFolder: 2 images have no label and are left out, such as sub/y.png"]);
    const load = (labels: unknown) => rejection(() => imageFolder(folder, { labels } as never));
    expect(await load({ "w.png": "a" })).toMatch(/^FILE imageFolder: .* has no image "w\.png", of which the labels tell\./);
    expect(await load({ "z.png": 3 })).toMatch(/^ARGUMENT imageFolder: the label of z\.png is 3; expected a string/);
    expect(await load({})).toMatch(/^ARGUMENT imageFolder: there are no labels/);
    expect(await load("twice.csv")).toMatch(/^FILE imageFolder: "z\.png" has two labels/);
    expect(await load("gap.csv")).toMatch(/^FILE imageFolder: .*gap\.csv: record 0 has no label/);
    expect(await load("nowhere.csv")).toMatch(/^FILE .*nowhere\.csv: no such file/);
    expect(await load(3)).toMatch(/^ARGUMENT imageFolder: labels is 3; expected the name of a CSV file, or an object/);
  });
});

const MANY = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i % 4 === 0 ? "rare" : "usual"}/${i}.png`, grey(i)]));

describe("shuffling", () => {
  test("gives every image once, in another order in each walk, the same for a seed, and goes on from any place", async () => {
    const images = await imageFolder(folderOf(MANY), BYTES);
    const shuffled = images.shuffle();
    manualSeed(5);
    const [first, second] = [await pixels(shuffled), await pixels(shuffled)];
    expect(first).not.toEqual(second);
    expect([...first].sort()).toEqual([...second].sort());
    expect(new Set(first.map(String)).size).toBe(40);
    manualSeed(5);
    expect(await pixels(shuffled)).toEqual(first);
    manualSeed(5);
    expect(await pixels(shuffled.iterateFrom(30))).toEqual(first.slice(30));
    expect(await rejection(async () => images.shuffle(0))).toMatch(/^ARGUMENT shuffle: bufferSize is 0/);
  });

  test("what is passed over is not read, nor what waits to be drawn", async () => {
    const folder = folderOf(MANY);
    const images = await imageFolder(folder, BYTES);
    manualSeed(6);
    const files = (await pixels(images.shuffle())).map(([value]) => `${value % 4 === 0 ? "rare" : "usual"}/${value}.png`);
    for (const file of files.slice(0, 30)) rmSync(join(folder, file));
    manualSeed(6);
    expect(await pixels(images.shuffle().iterateFrom(30))).toHaveLength(10);
    for (const file of files.slice(31)) rmSync(join(folder, file));
    manualSeed(6);
    const iterator = images.shuffle().iterateFrom(30);
    expect((await iterator.next()).done).toBe(false);
  });
});

describe("split", () => {
  test("divides with the same share of each class, by seed, without an overlap", async () => {
    const images = await imageFolder(folderOf(MANY), BYTES);
    const { train, validation, test } = images.split({ validation: 0.2, test: 0.1, seed: 3 });
    expect([train.counts, validation.counts, test.counts]).toEqual([
      { rare: 7, usual: 21 },
      { rare: 2, usual: 6 },
      { rare: 1, usual: 3 },
    ]);
    expect([...train.files, ...validation.files, ...test.files].sort()).toEqual([...images.files].sort());
    expect(train.classNames).toEqual(images.classNames);
    expect(images.split({ validation: 0.2, test: 0.1, seed: 3 }).train.files).toEqual(train.files);
    expect(images.split({ validation: 0.2, test: 0.1, seed: 4 }).train.files).not.toEqual(train.files);
    expect((await pixels(validation)).map(([value]) => value)).toEqual(validation.files.map((file) => Number(/\d+/.exec(file)?.[0])));
    const two = images.split({ validation: 10 });
    expect([Object.keys(two).sort(), two.validation.length, two.train.length]).toEqual([["train", "validation"], 10, 30]);
    expect(Object.keys(images.split({ test: 10 })).sort()).toEqual(["test", "train"]);
    // A part can be divided again.
    expect(two.train.split({ test: 0.5 }).test.length).toBe(15);
  });

  test("wrong calls", async () => {
    const images = await imageFolder(folderOf(ANIMALS));
    const split = (options: unknown) => rejection(async () => images.split(options as never));
    expect(await split({})).toBe(
      "ARGUMENT ImageFolder.split: there is neither validation nor test. Write { validation: 0.1, test: 0.1 }, or one of them.",
    );
    expect(await split({ test: 5 })).toMatch(/^ARGUMENT trainTestSplit: of 5 samples 5 for test would leave 0 for train/);
    expect(await split({ test: -1 })).toMatch(/^ARGUMENT ImageFolder\.split: test is -1/);
    expect(await split({ tests: 1 })).toMatch(/Did you mean "test"/);
  });
});

test("cache: each file is read once, up to so many bytes; what is given out may be changed", async () => {
  const folder = folderOf(ANIMALS);
  const images = await imageFolder(folder, { ...BYTES, cache: 3 * 16 });
  const whole = await pixels(images);
  for await (const { x } of images) (x.view() as Uint8Array).fill(99);
  for (const file of images.files) rmSync(join(folder, file));
  // Files are read at once: any three of them may have come first.
  const lenient = images.onBadRecord("skip");
  await notes(async () => {
    const kept = await pixels(lenient);
    expect(kept).toHaveLength(3);
    expect(whole).toEqual(expect.arrayContaining(kept));
  });
  expect(lenient.skipped.count).toBe(2);
  expect(await rejection(() => pixels(images))).toMatch(/^FILE imageFolder: .*\.png: no such file/i);
});

describe("what is wrong", () => {
  test("a file that is damaged is named, or passed over and counted", async () => {
    const folder = folderOf({ ...ANIMALS, "cat/3.png": grey(1).subarray(0, 40), "dog/0.png": "no image" });
    const images = await imageFolder(folder, BYTES);
    const failed = await pixels(images).then(
      () => null,
      (error) => error,
    );
    expect(failed).toBeInstanceOf(RecordError);
    expect(failed.file).toBe(join(folder, "cat/3.png"));
    expect(failed.message).toBe(
      `imageFolder: ${join(folder, "cat/3.png")}: the PNG file has no end at 40 bytes; it is truncated. Get the file again.`,
    );
    const lenient = images.onBadRecord("skip");
    const told = await notes(async () => expect(await pixels(lenient)).toHaveLength(5));
    expect(lenient.skipped.count).toBe(2);
    expect(told.join()).toMatch(/2 bad records were skipped:.*3\.png.*0\.png: the file begins with 6e 6f 20 69/s);
  });

  test("a folder that has no classes, an empty one, or is not there", async () => {
    const load = (files: Record<string, string>, below = "") => rejection(() => imageFolder(join(folderOf(files), below)));
    expect(await load({ "x.png": "" })).toMatch(
      /^FILE imageFolder: .* has no folders in it, of which each would be a class\. Make a folder for each class/,
    );
    expect(await load({ "a/x.txt": "" })).toMatch(/^FILE imageFolder: the folder a of .* has no PNG or JPEG files/);
    expect(await load({}, "nowhere")).toMatch(/^FILE imageFolder: cannot read .*nowhere: no such file or folder/);
    expect(await rejection(() => imageFolder("x", { cache: -1 }))).toMatch(
      /^ARGUMENT imageFolder: cache is -1; expected true, false or a number of bytes/,
    );
  });
});

test("a small network learns digits from a folder of images", async () => {
  const { train } = await loadDigits({ image: true });
  const values = train.x.view();
  const names = Array.from(train.y.view());
  const files = names.slice(0, 1000).map((label, i) => {
    const pixel = (x: number, y: number) => [Math.round(values[64 * i + 8 * y + x] * 255)];
    return [`${label}/${i}.png`, png({ width: 8, height: 8, type: 0, depth: 8, pixel })] as const;
  });
  const images = await imageFolder(folderOf(Object.fromEntries(files)), { colorMode: "grayscale", cache: true });
  const parts = images.split({ test: 0.2 });
  manualSeed(1);
  const model = new Sequential([new Conv2d(1, 8, 3, { activation: "relu" } as never), new Flatten(), new Dense(10)]);
  model.compile({ optimizer: { name: "adam", learningRate: 0.01 }, loss: "crossEntropy", metrics: ["accuracy"] });
  await model.fit(parts.train.shuffle().batch(32), { epochs: 6, verbose: 0 });
  const { accuracy } = await model.evaluate(parts.test.batch(100));
  expect(accuracy).toBeGreaterThan(0.93);
});

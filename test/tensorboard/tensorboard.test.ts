import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import protobuf from "protobufjs";
import { describe, expect, onTestFinished, test } from "vitest";
import { messagesSource } from "../../scripts/protos.mjs";
import { loadImage } from "../../src/data.js";
import { Conv2d, Dense, EarlyStopping, Flatten, input, Model, manualSeed, rand, Sequential, tensor } from "../../src/index.js";
import { SummaryWriter, TensorBoard } from "../../src/tensorboard.js";
import { failure, rejection } from "../support/errors.js";

/** A reader of its own: CRC-32C by bits, messages by protobufjs with the numbers of TensorFlow's event.proto and summary.proto. */
const messages = protobuf.parse(`syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; string file_version = 3; bytes graph_def = 4; Summary summary = 5; }
  message Summary { repeated Value value = 1; }
  message Value { string tag = 1; float simple_value = 2; Image image = 4; Histo histo = 5; TensorProto tensor = 8; Metadata metadata = 9; }
  message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
  message Histo { double min = 1; double max = 2; double num = 3; double sum = 4; double sum_squares = 5;
    repeated double bucket_limit = 6; repeated double bucket = 7; }
  message TensorProto { int32 dtype = 1; Shape tensor_shape = 2; repeated bytes string_val = 8; }
  message Shape { message Dim { int64 size = 1; } repeated Dim dim = 2; }
  message Metadata { Plugin plugin_data = 1; }
  message Plugin { string plugin_name = 1; bytes content = 2; }
  message GraphDef { repeated Node node = 1; }
  message Node { string name = 1; string op = 2; repeated string input = 3; }
  message HParams { int32 version = 1; Experiment experiment = 2; Start session_start_info = 3; End session_end_info = 4; }
  message Experiment { repeated Info hparam_infos = 4; repeated Metric metric_infos = 5; }
  message Info { string name = 1; int32 type = 4; }
  message Metric { MetricName name = 1; }
  message MetricName { string group = 1; string tag = 2; }
  message Start { map<string, Any> hparams = 1; }
  message Any { double number_value = 2; string string_value = 3; bool bool_value = 4; }
  message End { int32 status = 1; }
`, { keepCase: true }).root; // biome-ignore format: as a .proto file

// biome-ignore lint/suspicious/noExplicitAny: messages as they are read
type Read = any;

function decode(type: string, bytes: Uint8Array): Read {
  const found = messages.lookupType(type);
  return found.toObject(found.decode(bytes), { longs: Number });
}

/** The remainder of the bits, those of each byte from the lowest, by Castagnoli's polynomial. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) {
      const out = (crc ^ (byte >> bit)) & 1;
      crc = (crc >>> 1) ^ (out * 0x82f63b78);
    }
  return ~crc >>> 0;
}

const unmasked = (crc: number): number => {
  const turned = (crc - 0xa282ead8) >>> 0;
  return ((turned >>> 17) | (turned << 15)) >>> 0;
};

/** The events of the only file in a folder. */
function events(folder: string): Read[] {
  const [name, ...others] = readdirSync(folder).filter((file) => file.includes("tfevents"));
  expect(others).toEqual([]);
  const bytes = readFileSync(join(folder, name));
  const found: Read[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(unmasked(bytes.readUInt32LE(at + 8))).toBe(crc32c(bytes.subarray(at, at + 8)));
    const content = bytes.subarray(at + 12, at + 12 + length);
    expect(unmasked(bytes.readUInt32LE(at + 12 + length))).toBe(crc32c(content));
    found.push(decode("Event", content));
    at += length + 16;
  }
  expect(found[0].file_version).toBe("brain.Event:2");
  return found;
}

/** The values of a folder: [step, value]. */
const values = (folder: string): [number, Read][] =>
  events(folder).flatMap(({ step, summary }) => (summary?.value ?? []).map((value: Read) => [step ?? 0, value]));
const tagged = (folder: string, tag: string) => values(folder).filter(([, value]) => value.tag === tag);
const scalars = (folder: string, tag: string) => tagged(folder, tag).map(([step, { simple_value }]) => [step, simple_value ?? 0]);

const status = (folder: string): number =>
  decode("HParams", tagged(folder, "_hparams_/session_end_info")[0][1].metadata.plugin_data.content).session_end_info.status;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "simdgrad-tensorboard-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return join(made, "runs", "first");
}

test("the checksum has the value of RFC 3720, and the functions that write messages are those of the description", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  expect(readFileSync("src/tensorboard/messages.ts", "utf8")).toBe(messagesSource());
});

describe("SummaryWriter", () => {
  test("scalars, texts, histograms of tensors", () => {
    const run = folder();
    const writer = new SummaryWriter(run);
    for (const [step, value] of [0.5, -2, 0, Number.NaN].entries()) writer.addScalar("a/b", value, step);
    writer.addScalars({ c: 1, d: 2 }, 70_000);
    writer.addText("note", "*ä*", 3);
    writer.addHistogram("h", tensor([0, 1, 1, 3, Number.NaN, Infinity]), 1);
    writer.addHistogram("same", tensor([2, 2]), 1);
    writer.addHistogram("counts", { min: 0, max: 2, counts: [3, 1] }, 2);
    writer.close();
    writer.close();
    expect(scalars(run, "a/b")).toEqual([
      [0, 0.5],
      [1, -2],
      [2, 0],
      [3, Number.NaN],
    ]);
    expect(scalars(run, "d")).toEqual([[70_000, 2]]);
    const [[step, { metadata, tensor: held }]] = tagged(run, "note/text_summary");
    expect([
      step,
      metadata.plugin_data.plugin_name,
      held.dtype,
      held.tensor_shape.dim,
      new TextDecoder().decode(held.string_val[0]),
    ]).toEqual([3, "text", 7, [{ size: 1 }], "*ä*"]);
    const { histo } = tagged(run, "h")[0][1];
    expect([histo.min ?? 0, histo.max, histo.num, histo.sum, histo.sum_squares]).toEqual([0, 3, 4, 5, 11]);
    expect(histo.bucket.map((count: number, i: number) => [count, histo.bucket_limit[i]]).filter(([count]: number[]) => count > 0)).toEqual(
      [
        [1, expect.closeTo(0.1, 9)],
        [2, expect.closeTo(1.1, 9)],
        [1, expect.closeTo(3, 9)],
      ],
    );
    const same = tagged(run, "same")[0][1].histo;
    expect([same.bucket, same.num, same.bucket_limit[0] > 2]).toEqual([[2], 2, true]);
    expect(tagged(run, "counts")[0][1].histo).toMatchObject({ num: 4, sum: 3, bucket_limit: [1, 2], bucket: [3, 1] });
  });

  test("images are PNG files of the tensor", async () => {
    const run = folder();
    const writer = new SummaryWriter(run);
    await writer.addImage("grey", tensor([[0, 0.5, 1]]), 0); // biome-ignore format: a matrix
    const bytes = tensor(
      Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
      { shape: [3, 2, 2], dtype: "uint8" },
    );
    await writer.addImage("colour", bytes, 0);
    await writer.addImage("wide", tensor([[-1, 3]]), 0); // biome-ignore format: a matrix
    writer.close();
    const read = async (tag: string) => {
      const { image } = tagged(run, tag)[0][1];
      const x = await loadImage(new Uint8Array(image.encoded_image_string), {
        dtype: "uint8",
        ...(image.colorspace === 1 && { colorMode: "grayscale" }),
      });
      return [[image.colorspace, image.height, image.width], x.shape, [...x.view()]];
    };
    expect(await read("grey")).toEqual([[1, 1, 3], [1, 1, 3], [0, 128, 255]]); // biome-ignore format: a table
    expect(await read("colour")).toEqual([[3, 2, 2], [3, 2, 2], [...bytes.view()]]); // biome-ignore format: a table
    expect((await read("wide"))[2]).toEqual([0, 255]);
    expect(await rejection(() => new SummaryWriter(folder()).addImage("x", rand([2, 3, 3]), 0))).toMatch(
      /^ARGUMENT addImage: the image has shape \[2, 3, 3\]/,
    );
  });

  test("hyper-parameters and graphs", () => {
    const run = folder();
    const writer = new SummaryWriter(run);
    writer.addHparams({ rate: 0.1, name: "adam", flag: true }, [{ group: "train", tag: "epoch_loss" }, { tag: "x" }]);
    const x = input([4]);
    const left = new Dense(3).forward(x);
    writer.addGraph(new Model({ inputs: x, outputs: new Dense(3).forward(left).add(left) }));
    writer.addGraph(new Sequential([new Dense(2), new Dense(1)]));
    writer.endHparams(false);
    writer.close();
    const content = (tag: string) => decode("HParams", tagged(run, `_hparams_/${tag}`)[0][1].metadata.plugin_data.content);
    expect(content("experiment").experiment).toMatchObject({
      hparam_infos: [
        { name: "rate", type: 3 },
        { name: "name", type: 1 },
        { name: "flag", type: 2 },
      ],
      metric_infos: [{ name: { group: "train", tag: "epoch_loss" } }, { name: { tag: "x" } }],
    });
    expect(content("session_start_info").session_start_info.hparams).toEqual({
      rate: { number_value: 0.1 },
      name: { string_value: "adam" },
      flag: { bool_value: true },
    });
    expect(content("session_end_info").session_end_info.status).toBe(2);
    const graphs = events(run).flatMap(({ graph_def }) => (graph_def ? [decode("GraphDef", graph_def).node] : []));
    expect(graphs[1]).toEqual([
      { name: "input", op: "Placeholder" },
      { name: "0_Dense", op: "Dense", input: ["input"] },
      { name: "1_Dense", op: "Dense", input: ["0_Dense"] },
    ]);
    expect(graphs[0].map(({ op }: Read) => op)).toEqual(["Placeholder", "Dense", "Dense", expect.any(String)]);
    expect(graphs[0].at(-1).input).toEqual(["1_Dense", "0_Dense"]);
  });

  test("wrong calls", () => {
    const writer = new SummaryWriter(folder());
    expect(failure(() => writer.addScalar("", 1, 0))).toMatch(/^ARGUMENT addScalar: tag is ""; expected a name/);
    expect(failure(() => writer.addScalar("a", 1, -1))).toMatch(/^ARGUMENT addScalar: step is -1; expected a whole number ≥ 0/);
    expect(failure(() => writer.addScalar("a", "1" as never, 1))).toMatch(/^ARGUMENT addScalar: value is "1"; expected a number/);
    expect(failure(() => new SummaryWriter(3 as never))).toMatch(/^ARGUMENT SummaryWriter: folder is 3; expected the path of a folder/);
    expect(failure(() => new SummaryWriter("/dev/null/x"))).toMatch(/^FILE SummaryWriter: cannot make the folder \/dev\/null\/x/);
  });
});

describe("TensorBoard", () => {
  const images = { x: rand([64, 1, 6, 6]), y: tensor(Array.from({ length: 64 }, (_, i) => i % 2), { dtype: "int32" }) }; // biome-ignore format: data

  function model(): Sequential {
    manualSeed(2);
    const made = new Sequential([new Conv2d(1, 2, 3), new Flatten(), new Dense(2)]);
    made.compile({ optimizer: { name: "adam", learningRate: 0.01 }, loss: "crossEntropy", metrics: ["accuracy"] });
    return made;
  }

  test("figures, steps, parameters, settings, samples; training comes to the same", async () => {
    const run = folder();
    const plain = await model().fit(images, { epochs: 3, batchSize: 16, validationSplit: 0.25, verbose: 0 });
    const callbacks = [new TensorBoard(run, { every: 2, histograms: 2, images: 3 })];
    const { history, steps } = await model().fit(images, { epochs: 3, batchSize: 16, validationSplit: 0.25, callbacks, verbose: 0 });
    expect(history).toEqual(plain.history);
    const [train, validation] = [join(run, "train"), join(run, "validation")];
    expect(scalars(train, "epoch_loss")).toEqual(history.loss.map((value, epoch) => [epoch, Math.fround(value)]));
    expect(scalars(validation, "epoch_accuracy")).toEqual(history.valAccuracy.map((value, epoch) => [epoch, Math.fround(value)]));
    expect(scalars(train, "batch_loss")).toEqual([0, 2, 4, 6, 8].map((step) => [step, Math.fround(steps.loss[step])]));
    expect(scalars(train, "learning_rate")[4]).toEqual([8, Math.fround(0.01)]);
    expect(tagged(train, "parameters/0/weight").map(([step, { histo }]) => [step, histo.num])).toEqual([[1, 18]]);
    expect(values(run).filter(([, { image }]) => image).map(([, { tag, image }]) => [tag, image.width])).toEqual([["samples/0", 6], ["samples/1", 6], ["samples/2", 6]]); // biome-ignore format: a table
    expect(new TextDecoder().decode(tagged(run, "model/text_summary")[0][1].tensor.string_val[0])).toMatch(/Conv2d[\s\S]*Dense/);
    const start = decode("HParams", tagged(run, "_hparams_/session_start_info")[0][1].metadata.plugin_data.content);
    expect(start.session_start_info.hparams).toMatchObject({
      optimizer: { string_value: "Adam" },
      learningRate: { number_value: 0.01 },
      epochs: { number_value: 3 },
      loss: { string_value: "crossEntropy" },
    });
    expect(status(run)).toBe(1);
  });

  test("what ends early says so; a run that fails has what was written", async () => {
    const run = folder();
    const stopping = { monitor: "loss", patience: 1, minDelta: 100 };
    await model().fit(images, { epochs: 5, callbacks: [new EarlyStopping(stopping), new TensorBoard(run)], verbose: 0 });
    expect(scalars(join(run, "train"), "epoch_loss").length).toBeLessThan(5);
    expect(status(run)).toBe(1);
    expect(existsSync(join(run, "validation"))).toBe(false);
    const failing = folder();
    const callbacks = [new TensorBoard(failing), { onBatchEnd: (batch: number) => { if (batch === 1) throw new Error("no more"); } }]; // biome-ignore format: short
    await expect(model().fit(images, { batchSize: 16, callbacks, verbose: 0 })).rejects.toThrow("no more");
    expect(scalars(join(failing, "train"), "batch_loss")).toHaveLength(1);
    expect(
      decode("HParams", tagged(failing, "_hparams_/session_end_info")[0][1].metadata.plugin_data.content).session_end_info.status,
    ).toBe(2);
  });

  test("wrong options, and a folder that cannot be made", async () => {
    expect(failure(() => new TensorBoard("x", { every: -1 }))).toMatch(/^ARGUMENT TensorBoard: every is -1/);
    expect(failure(() => new TensorBoard(undefined as never))).toMatch(/^ARGUMENT TensorBoard: /);
    const callbacks = [new TensorBoard("/dev/null/x")];
    expect(await rejection(() => model().fit(images, { callbacks, verbose: 0 }))).toBe(
      "FILE SummaryWriter: cannot make the folder /dev/null/x: /dev/null is a file.",
    );
  });
});

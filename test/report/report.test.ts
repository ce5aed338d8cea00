import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tokenCrossEntropy } from "../../src/data.js";
import { Diagnosis } from "../../src/diagnose/diagnosis.js";
import { Dense, Embedding, Flatten, input, Model, manualSeed, Sequential, tensor } from "../../src/index.js";
import { decodePng } from "../../src/io/image/png.js";
import type { Run } from "../../src/report/run.js";
import { RunRecorder, report } from "../../src/report.js";
import { planTable, TableModel } from "../../src/tables.js";
import { folderOf } from "../support/folder.js";

/** A model whose outputs are its inputs. */
function identity(loss: string, width: number, activation?: "softmax"): Sequential {
  const layer = new Dense(width, { inputShape: [width], bias: false, ...(activation && { activation }) });
  const model = new Sequential([layer]).compile({ optimizer: "sgd", loss: loss as "mse" });
  const eye = Array.from({ length: width }, (_, i) => Array.from({ length: width }, (_, j) => (i === j ? 1 : 0)));
  layer.parameters()[0].assign(tensor(eye));
  return model;
}

const evaluationOf = async (model: Model, options: object): Promise<Run["evaluation"]> => {
  const history = await model.fit({ x: tensor([[0]]), y: tensor([[0]]) }, { epochs: 0, verbose: 0 });
  return (await report(history, model, options)).run.evaluation;
};

test("classes: what is confused, calibration and the samples with the least probability of the truth", async () => {
  const x = tensor([
    [4, 0, 0],
    [0, 1, 0],
    [3, 0, 0],
    [0, 0, 2],
    [0, 0, 9],
  ]);
  const y = tensor([0, 1, 1, 2, 0], { dtype: "int32" });
  const settings = { data: { x, y }, classNames: ["a", "b", "c"], featureNames: ["u", "v"], worst: 2 };
  const [found, ...others] = await evaluationOf(identity("crossEntropy", 3), settings);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ output: null, samples: 5, figures: { accuracy: 0.6 }, values: null });
  expect(found.classes?.confusion).toEqual([
    [1, 0, 1],
    [1, 1, 0],
    [0, 0, 1],
  ]);
  const softmax = (...z: number[]) => Math.exp(z[0]) / z.reduce((sum, one) => sum + Math.exp(one), 0);
  expect(found.worst.map(({ error, ...one }) => one)).toEqual([
    { index: 4, truth: "a", predicted: "c", confidence: expect.closeTo(softmax(9, 0, 0), 5), picture: null, text: "u 0, v 0, 9" },
    { index: 2, truth: "b", predicted: "a", confidence: expect.closeTo(softmax(3, 0, 0), 5), picture: null, text: "u 3, v 0, 0" },
  ]);
  expect(found.worst[1].error).toBeCloseTo(1 - softmax(0, 3, 0), 5);
  expect(found.classes?.calibration.count.reduce((sum, one) => sum + one)).toBe(5);
  await expect(evaluationOf(identity("crossEntropy", 3), { ...settings, classNames: ["a"] })).rejects.toThrow(
    "classNames has 1 names, the model predicts 3 classes",
  );
});

test("yes or no: the ROC curve of a column of logits", async () => {
  const x = tensor([[-2], [-1], [-0.5], [3]]);
  const [{ classes, figures }] = await evaluationOf(identity("binaryCrossEntropy", 1), { data: [{ x, y: tensor([[0], [0], [1], [1]]) }] });
  expect(classes?.confusion).toEqual([
    [2, 0],
    [1, 1],
  ]);
  expect(classes?.roc).toEqual({ falsePositive: [0, 0, 0, 0.5, 1], truePositive: [0, 0.5, 1, 1, 1], area: 1 });
  expect(figures).toMatchObject({ accuracy: 0.75, "ROC area": 1 });
});

test("values: residuals, and the samples that are farthest off", async () => {
  const x = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const y = tensor([
    [1, 2],
    [3, 5],
    [2, 6],
  ]);
  const [{ values, figures, worst }] = await evaluationOf(identity("mse", 2), { data: { x, y } });
  expect(figures).toMatchObject({ MAE: 4 / 6, RMSE: Math.sqrt(10 / 6) });
  expect(figures["R²"]).toBeCloseTo(1 - 10 / [1, 2, 3, 5, 2, 6].reduce((sum, v) => sum + (v - 19 / 6) ** 2, 0), 12);
  expect(values).toMatchObject({ predicted: [1, 2, 3, 4, 5, 6], target: [1, 2, 3, 5, 2, 6], residuals: { min: -1, max: 3 } });
  expect(worst.map(({ index, truth, predicted }) => [index, truth, predicted])).toEqual([
    [2, "2, 6", "5, 6"],
    [1, "3, 5", "3, 4"],
  ]);
});

test("images among the worst samples are PNG files with the pixels of the sample", async () => {
  const x = tensor([
    [0, 1, 2, 3, 4, 5],
    [0, 0, 9, 0, 0, 0],
  ]);
  const y = tensor([0, 2], { dtype: "int32" });
  const [{ worst }] = await evaluationOf(identity("crossEntropy", 6), { data: { x, y }, imageShape: [1, 2, 3] });
  expect(worst.map(({ index, text }) => [index, text])).toEqual([[0, null]]);
  const bytes = Buffer.from((worst[0].picture as string).replace("data:image/png;base64,", ""), "base64");
  const raster = await decodePng("test", new Uint8Array(bytes), 100);
  expect(raster).toEqual({ width: 3, height: 2, channels: 1, bytes: Uint8Array.of(0, 51, 102, 153, 204, 255) });
});

test("several outputs, and sequences of classes", async () => {
  manualSeed(1);
  const words = input([4], { dtype: "int32" });
  const embedded = new Embedding(7, 5).forward(words);
  const outputs = { next: new Dense(7).forward(embedded), length: new Dense(1).forward(new Flatten().forward(embedded)) };
  const model = new Model({ inputs: words, outputs });
  model.compile({ optimizer: "adam", loss: { next: tokenCrossEntropy, length: "mse" } });
  const x = tensor(
    [
      [1, 2, 3, 4],
      [2, 3, 4, 5],
      [3, 4, 5, 6],
    ],
    { dtype: "int32" },
  );
  const y = [x, tensor([[1], [2], [3]])];
  const recorder = new RunRecorder();
  await model.fit({ x, y }, { epochs: 2, verbose: 0, callbacks: [recorder] });
  const { run } = await report(recorder.run, model, { data: { x, y } });
  expect(run.evaluation.map(({ output, classes, values }) => [output, classes?.names.length, values !== null])).toEqual([
    ["next", 7, false],
    ["length", undefined, true],
  ]);
  expect(run.evaluation[0].classes?.confusion?.flat().reduce((sum, one) => sum + one)).toBe(12);
  expect(run.evaluation[0].worst.every(({ index }) => index < 3)).toBe(true);
});

test("a model of tables: values in the unit of the table, rows as they stand there, classes by their names", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({
    size: i % 7,
    city: ["Ulm", "Bonn"][i % 2],
    built: i === 3 ? null : 1900 + i,
    rent: 1000 + 50 * i,
  }));
  const table = [...rows, { size: 1, city: "Ulm", built: 1901, rent: null }];
  const pages = await Promise.all(
    ["rent", "city"].map(async (target) => {
      const model = new TableModel(planTable(rows, { target }), { hidden: [4] });
      return report(await model.fit(rows, { epochs: 1, verbose: 0 }), model, { data: target === "rent" ? table : rows, worst: 40 });
    }),
  );
  const [[rents], [cities]] = pages.map(({ run }) => run.evaluation);
  expect(rents.samples).toBe(40);
  expect(rents.values?.target).toEqual(rows.map(({ rent }) => rent));
  expect(rents.figures.RMSE).toBeGreaterThan(100);
  expect(rents.worst.find(({ index }) => index === 3)).toMatchObject({ truth: "1150", text: "size 3, city Bonn, built ?" });
  expect(cities.classes?.names).toEqual(["Bonn", "Ulm"]);
  const wrong = report({} as never, {} as never);
  await expect(wrong).rejects.toThrow("report: model is an object; expected a Model.");
});

test("the page holds all in one file, whose policy allows its own script and style, and nothing else", async () => {
  const model = identity("crossEntropy", 3);
  const x = tensor([
    [4, 0, 0],
    [0, 1, 0],
    [3, 0, 0],
  ]);
  const y = tensor([0, 1, 1], { dtype: "int32" });
  const history = await model.fit({ x, y }, { epochs: 3, batchSize: 1, verbose: 0, callbacks: [new Diagnosis()] });
  const page = await report(history, model, {
    data: { x, y },
    title: 'A <b>"title"</b>',
    classNames: ["</script><script>alert(1)</script>", "&", "'"],
  });
  const { html } = page;
  expect(html).toContain("<title>A &lt;b&gt;&quot;title&quot;&lt;/b&gt;</title>");
  const blocks = [...html.matchAll(/<(script|style)( type="application\/json" id="run")?>([\s\S]*?)<\/\1>/g)];
  expect(blocks.map(([, tag, data]) => [tag, data !== undefined])).toEqual([
    ["style", false],
    ["script", true],
    ["script", false],
  ]);
  const [style, data, script] = blocks.map(([, , , content]) => content);
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  expect(html).toContain(`content="default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:;`);
  const shown = JSON.parse(data) as Run;
  expect(shown.records.length).toBeGreaterThan(0);
  expect(shown.records.length).toBe(history.records.length);
  expect(shown.evaluation[0].classes?.names[0]).toBe("</script><script>alert(1)</script>");
  expect(shown.steps.loss.length).toBe(9);
  expect(html.length).toBeLessThan(150_000);
  const file = join(folderOf({}), "report.html");
  await page.save(file);
  expect(readFileSync(file, "utf8")).toBe(html);
  await expect(report({} as never, model)).rejects.toThrow("the training is an object; expected a History or a Run");
});

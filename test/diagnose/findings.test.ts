import { describe, expect, test } from "vitest";
import { findingsOf } from "../../src/diagnose/findings.js";
import type { DiagnosisInput } from "../../src/diagnose/input.js";
import type * as rules from "../../src/diagnose/rules.js";
import type { LayerRecord, ParameterRecord } from "../../src/train/trainingRecord.js";
import { layerRecord, parameterRecord, SOUND_INSPECTION, soundRun, trainingRecord } from "../support/diagnosis.js";
import { read } from "../support/repository.js";

const STEPS = [1, 33, 66, 100];
const { data, epochs } = soundRun();
const [input] = data?.inputs ?? [];
const [target] = data?.targets ?? [];
if (data === null || input === undefined || target === undefined) throw new Error("a sound run has data");

function withLayer(own: Partial<LayerRecord>): Partial<DiagnosisInput> {
  const layers = [layerRecord("0"), layerRecord("1", own), layerRecord("2")];
  return { records: STEPS.map((step) => trainingRecord(step, { layers })) };
}

function withParameters(...own: Partial<ParameterRecord>[]): Partial<DiagnosisInput> {
  const parameters = own.map((one, i) => parameterRecord(`${i}.weight`, one));
  return { records: STEPS.map((step) => trainingRecord(step, { parameters })) };
}

const inspected = (own: Partial<DiagnosisInput["inspection"]>): Partial<DiagnosisInput> => ({
  inspection: { ...SOUND_INSPECTION, ...own },
});
const curve = (loss: (i: number) => number): number[] => Array.from({ length: 100 }, (_, i) => loss(i));

/** A training for each finding: what differs from a sound one, and what the sentence says. */
const TROUBLED: Record<keyof typeof rules | "shuffledLabels", [Partial<DiagnosisInput>, RegExp]> = {
  deadReLU: [withLayer({ dead: 0.8 }), /^80 % of the units of 1 \(Dense\)/],
  saturated: [withLayer({ activation: "tanh", dead: null, saturated: 0.9 }), /^90 % of the outputs of 1 \(tanh\)/],
  vanishingGradients: [
    withParameters({ gradient: 1e-8 }, { gradient: 1e-6 }, { gradient: 1e-4 }, { gradient: 1e-2 }, { gradient: 1e-1 }),
    /^Gradients vanish .* of 0\.weight are 3.2e5 times smaller than those of 4\.weight/,
  ],
  explodingGradients: [
    {
      records: STEPS.map((step) =>
        trainingRecord(step, { layers: [1e4, 1e2, 1, 1e-2, 1e-3].map((gradient, i) => layerRecord(String(i), { gradient })) }),
      ),
    },
    /^Gradients explode .* of the outputs of 0 is 3\.2e5 times that of 4\./,
  ],
  largeUpdates: [withParameters({ update: 1e-3 }, { update: 0.4 }), /changes 1\.weight by 40 %/],
  smallUpdates: [withParameters({ update: 1e-3 }, { update: 1e-3 }, { update: 1e-8 }), /changes 2\.weight by 1e-8/],
  startLoss: [{ losses: curve((i) => 9 / (1 + i)) }, /^The loss begins at 9:/],
  inputScale: [
    { data: { ...data, inputs: [{ ...input, mean: 33, deviation: 78, min: 0, max: 255, features: null }] } },
    /from 0 to 255 with mean 33 and deviation 78/,
  ],
  constantLabels: [
    { data: { ...data, targets: [{ ...target, min: 1, max: 1, labels: [0, 300, 0] }] } },
    /^Every label is 1, in all 300 samples/,
  ],
  missingClass: [{ data: { ...data, targets: [{ ...target, labels: [150, 0, 150] }] } }, /^Class 1 has no sample among the 300/],
  shuffledLabels: [{ losses: curve((i) => 1.1 + 0.01 * Math.sin(i)) }, /^The loss stays at 1\.1/],
  overfit: [
    { epochs: [0.5, 0.4, 0.45, 0.5, 0.6].map((valLoss, i) => ({ loss: 0.4 / (i + 1), valLoss })) },
    /0\.08 in training and 0\.6 in validation, where it has risen since epoch 2 \(0\.4\)/,
  ],
  rateTooHigh: [{ losses: curve((i) => 1.1 + i / 10) }, /^The loss rose from 1\.3 to 10\.6, with a learning rate of 0\.001/],
  rateTooLow: [
    { ...withParameters({ update: 1e-6 }, { update: 1e-6 }), losses: curve((i) => 1.1 - i / 1e4) },
    /^A step changes weights by 1e-6 of their size/,
  ],
  linearLayers: [
    inspected({ linearChains: [{ first: "0", second: "1", width: 64 }] }),
    /^Layer 0 gives its 64 values to layer 1 with no activation/,
  ],
  noGradient: [withParameters({}, { gradient: null }), /^No gradient reaches 1\.weight/],
  equalUnits: [inspected({ equalUnits: [{ path: "0.weight", units: 16, constant: 0 }] }), /^All 16 units of 0\.weight have all weights 0/],
  softmaxTwice: [inspected({ squashedTwice: ["softmax"] }), /made by softmax, and crossEntropy takes logits: .* below 0\.55/],
  batchDependence: [inspected({ batchDependence: 0.4 }), /by up to 40 % of its size/],
  explodingRecurrence: [inspected({ recurrences: [{ path: "0.weight_hh_l0", radius: 2 }] }), /spectral radius 2: .* by up to 1e6/],
  l2WithAdam: [{ penalties: ["l2"] }, /a penalty \(l2\) beside Adam/],
  noiseScale: [{ batchSize: 4096 }, /^The batch has 4096 samples, the noise scale of the gradient is 50/],
};

test("a sound training has no findings", () => {
  expect(findingsOf(soundRun())).toEqual([]);
  expect(findingsOf(soundRun({ records: [], losses: [], epochs: [], data: null, outputs: [], inspection: null, batchSize: null }))).toEqual(
    [],
  );
});

describe("each rule finds its trouble alone, with the number seen", () => {
  test.for(Object.entries(TROUBLED))("%s", ([name, [own, sentence]]) => {
    const found = findingsOf(soundRun(own));
    expect(found.map((finding) => finding.name)).toEqual([name]);
    const [{ seen, usual, advice, severity }] = found;
    expect(seen).toMatch(sentence);
    expect([seen, usual, ...advice].filter((text) => !/[.]$/.test(text))).toEqual([]);
    expect(advice.length).toBeGreaterThan(0);
    // Advice is told as "Try: A. Or: B."
    expect(advice.filter((text) => /^(Or|Try)\b/.test(text))).toEqual([]);
    expect(severity).toBeGreaterThan(0);
    expect(severity).toBeLessThanOrEqual(1);
  });

  test("every link leads to a section of the docs that names the finding", () => {
    const docs = JSON.parse(read("package.json")).homepage.replace("#readme", "/blob/main/docs/");
    const page = read("docs/diagnose.md");
    const sections = new Map(
      page
        .split(/^## /m)
        .slice(1)
        .map((section) => {
          const [heading] = section.split("\n");
          return [heading.toLowerCase().replaceAll(" ", "-"), section] as const;
        }),
    );
    const found = Object.values(TROUBLED).flatMap(([own]) => findingsOf(soundRun(own)));
    const lost = found.filter(({ link, name }) => !sections.get(link.replace(`${docs}diagnose.md#`, ""))?.includes(`\`${name}\``));
    expect(lost.map(({ name, link }) => `${name}: ${link}`)).toEqual([]);
    expect(sections.size).toBeGreaterThanOrEqual(new Set(found.map(({ link }) => link)).size);
  });

  test("the worst comes first", () => {
    const run = soundRun({ ...TROUBLED.l2WithAdam[0], ...TROUBLED.noiseScale[0], ...TROUBLED.batchDependence[0] });
    expect(findingsOf(run).map(({ name }) => name)).toEqual(["batchDependence", "l2WithAdam", "noiseScale"]);
  });
});

describe("what is meant is no trouble", () => {
  test.for<[string, Partial<DiagnosisInput>]>([
    ["frozen parameters", { ...withParameters({}, { gradient: null }), ...inspected({ frozen: ["1.weight"] }) }],
    ["a narrow model of a class that is rare", { data: { ...data, samples: 12, targets: [{ ...target, labels: [6, 0, 6] }] } }],
    [
      "a layer of zeros that has not begun",
      {
        ...inspected({ equalUnits: [{ path: "0.weight", units: 16, constant: 0 }] }),
        records: [trainingRecord(0)],
      },
    ],
    ["AdamW's decay", { optimizer: { type: "AdamW", adaptive: true, learningRate: 1e-3, settings: { weightDecay: 0.01 } } }],
    ["a penalty with SGD", { penalties: ["l2"], optimizer: { type: "SGD", adaptive: false, learningRate: 0.1, settings: {} } }],
    [
      "a regression of few inputs that begins with an unlucky draw",
      {
        losses: curve((i) => 7.98 / (1 + i)),
        outputs: [{ loss: "mse", classes: null }] as never,
        data: { ...data, targets: [{ ...target, labels: null, mean: 0, deviation: 1 }] },
      },
    ],
    ["a sure classifier", withLayerLast({ activation: "sigmoid", saturated: 1 })],
    [
      "large inputs in front of a batch norm",
      {
        data: { ...data, inputs: [{ ...input, deviation: 1000 }] },
        records: STEPS.map((step) =>
          trainingRecord(step, { layers: [layerRecord("0", { type: "BatchNorm", activation: null, dead: null })] }),
        ),
      },
    ],
    ["a validation that stays near the training", { epochs: epochs.map(({ loss }) => ({ loss, valLoss: loss * 1.5 })) }],
  ])("%s", ([, own]) => {
    expect(findingsOf(soundRun(own))).toEqual([]);
  });

  function withLayerLast(own: Partial<LayerRecord>): Partial<DiagnosisInput> {
    const layers = [layerRecord("0"), layerRecord("1", { ...own, dead: null })];
    return { records: STEPS.map((step) => trainingRecord(step, { layers })) };
  }
});

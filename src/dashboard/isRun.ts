import type { Run } from "../report/run.js";

type Test = (value: unknown) => boolean;

const isText: Test = (value) => typeof value === "string";
const isTextOrNull: Test = (value) => value === null || isText(value);
const isNumberOrNull: Test = (value) => value === null || typeof value === "number";
const isPlain: Test = (value) => value === null || ["number", "string", "boolean"].includes(typeof value);
const isNumbers: Test = (value) => Array.isArray(value) && value.every(isNumberOrNull);
const isList: Test = (value) => Array.isArray(value);
const all =
  (test: Test): Test =>
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(test);
const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);

/** An object with fields of some kinds. */
function has(fields: Readonly<Record<string, Test>>): Test {
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(fields).every(([name, test]) => test((value as Record<string, unknown>)[name]));
}

const SERIES = {
  width: isNumberOrNull,
  count: isNumberOrNull,
  step: isNumbers,
  loss: isNumbers,
  low: isNumbers,
  high: isNumbers,
  learningRate: isNumbers,
};

const RUN = has({
  id: isText,
  name: isText,
  started: isTextOrNull,
  ended: isTextOrNull,
  status: (value) => ["running", "paused", "done", "stopped", "failed"].includes(value as string),
  version: isText,
  machine: orNull(has({ platform: isText, runtime: isText, processor: isTextOrNull, threads: isNumberOrNull, kernels: isText })),
  model: orNull(has({ type: isText, parameters: isNumberOrNull, layers: isList })),
  optimizer: orNull(has({ type: isText, settings: all(isPlain) })),
  settings: all(isPlain),
  steps: has(SERIES),
  epochs: has({ epoch: isNumbers, step: isNumbers, seconds: isNumbers, figures: all(isNumbers) }),
  findings: isList,
  incidents: isList,
});

/** Whether a value that JSON gave is a run, as far as it is shown. */
export function isRun(value: unknown): value is Run {
  return RUN(value);
}

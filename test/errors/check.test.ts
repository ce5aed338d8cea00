import { describe, expect, test } from "vitest";
import { checkArray, checkOptions } from "../../src/errors/check.js";
import { failure } from "../support/errors.js";

describe("checkOptions", () => {
  const check = (options: unknown) => () => checkOptions("fit", options as object, ["epochs", "batchSize"]);
  test("lets known options pass", () => {
    expect(check({})).not.toThrow();
    expect(check({ batchSize: undefined })).not.toThrow();
  });
  test("names an unknown one and what was meant", () => {
    expect(failure(check({ epoch: 1 }))).toBe('ARGUMENT fit: unknown option "epoch". Known: epochs, batchSize. Did you mean "epochs"?');
    expect(failure(check({ zzz: 1 }))).toBe('ARGUMENT fit: unknown option "zzz". Known: epochs, batchSize.');
  });
  test("where there are none", () => {
    expect(failure(() => checkOptions("zeros", { gain: 1 }, []))).toBe('ARGUMENT zeros: unknown option "gain". It takes none.');
    expect(failure(() => checkOptions("zeros", 1 as never, []))).toBe("ARGUMENT zeros: the options are 1; expected an object.");
  });
  test("refuses what is no object", () => {
    expect(failure(check(null))).toBe("ARGUMENT fit: the options are null; expected an object. Write { epochs: … }.");
    expect(failure(check([1]))).toBe("ARGUMENT fit: the options are an array of length 1; expected an object. Write { epochs: … }.");
    expect(failure(check(5))).toBe("ARGUMENT fit: the options are 5; expected an object. Write { epochs: … }.");
  });
});

describe("checkArray", () => {
  const check = (value: unknown) => () => checkArray("permute", "axes", value, "permute([1, 0])");
  test("lets arrays pass", () => expect(check([])).not.toThrow());
  test("says what was passed and how to write it", () => {
    expect(failure(check(1))).toBe("ARGUMENT permute: axes is 1; expected an array. Write permute([1, 0]).");
    expect(failure(check(undefined))).toBe("ARGUMENT permute: axes is undefined; expected an array. Write permute([1, 0]).");
    expect(failure(check(new Int32Array(2)))).toBe("ARGUMENT permute: axes is an Int32Array; expected an array. Write permute([1, 0]).");
  });
});

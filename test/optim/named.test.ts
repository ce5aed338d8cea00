import { describe, expect, it } from "vitest";
import { Parameter, zeros } from "../../src/index.js";
import { Adam, AdamW, optimizerNamed, optimizers, SGD } from "../../src/optim/index.js";

describe("optimizerNamed", () => {
  it("finds every optimizer by its name in lower case", () => {
    for (const [name, optimizer] of Object.entries(optimizers)) {
      expect(optimizerNamed("compile", name.toLowerCase())).toBeInstanceOf(optimizer);
      expect(optimizer.type).toBe(name);
    }
    expect(Object.keys(optimizers)).toEqual(expect.arrayContaining(["SGD", "Adam", "AdamW", "RMSprop"]));
    expect(optimizerNamed("compile", "AdamW")).toBeInstanceOf(AdamW);
  });

  it("hands options on", () => {
    const optimizer = optimizerNamed("compile", { name: "sgd", learningRate: 0.5, momentum: 0.9 }).bind([new Parameter(zeros([1]))]);
    expect(optimizer).toBeInstanceOf(SGD);
    expect(optimizer.learningRate).toBe(0.5);
    expect(optimizer.groups[0].options).toMatchObject({ momentum: 0.9 });
  });

  it("returns an optimizer as it is", () => {
    const adam = new Adam();
    expect(optimizerNamed("compile", adam)).toBe(adam);
  });

  it("says what it does not know", () => {
    expect(() => optimizerNamed("compile", "adamm")).toThrow(
      /^compile: unknown optimizer "adamm"\. Did you mean "adam"\? Known: .*adam, adamw, /,
    );
    for (const word of ["momentum", "Nesterov", "NAG"]) {
      expect(() => optimizerNamed("compile", word)).toThrow(`unknown optimizer "${word.toLowerCase()}". Did you mean "sgd"? Known: `);
    }
    expect(() => optimizerNamed("compile", { name: "adam", lr: 1 })).toThrow(/^Adam: unknown option "lr"\. Known: learningRate, /);
    expect(() => optimizerNamed(3 as never, "adam")).toThrow("optimizerNamed: what an error begins with is 3; expected a string.");
    expect(() => optimizerNamed("compile", 3 as never)).toThrow(
      "compile: the optimizer is 3; expected a name, { name, … } or an optimizer.",
    );
    expect(() => optimizerNamed("compile", Adam as never)).toThrow("compile: the optimizer is a function; expected a name");
  });
});

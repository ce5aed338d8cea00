import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/index.js";
import { Names } from "../../src/options/names.js";

const names = (): Names<number> => new Names<number>("loss", { mse: 1, mae: 2 }, "a name or a function");

describe("Names", () => {
  it("finds a thing and the options beside its name", () => {
    expect(names().lookUp("compile", "mae")).toEqual({ found: 2, name: "mae", options: {} });
    expect(names().lookUp("compile", { name: "mse", delta: 3 })).toEqual({ found: 1, name: "mse", options: { delta: 3 } });
  });

  it("knows the common ones, and says where others are", () => {
    expect(() => names().lookUp("compile", "focal")).toThrow(
      new ArgumentError(
        'compile: unknown loss "focal". Known: mse, mae. A bundle knows the common ones only: import another loss and pass it itself.',
      ),
    );
    expect(() => names().lookUp("compile", 3 as never)).toThrow(
      new ArgumentError("compile: the loss is 3; expected a name or a function."),
    );
  });

  it("tells what a name stands for that is none of the family", () => {
    const whole = names();
    whole.add({});
    whole.explain({ focal: "focal is a lens." });
    for (const spec of ["Focal", { name: "focal" }]) {
      expect(() => whole.lookUp("compile", spec)).toThrow(/^compile: unknown loss "[Ff]ocal"\. Known: mse, mae\. focal is a lens\.$/);
    }
  });

  it("knows all that was added", () => {
    const whole = names();
    whole.add({ focal: 3 });
    expect(whole.lookUp("compile", "focal").found).toBe(3);
    expect(whole.table).toEqual({ mse: 1, mae: 2, focal: 3 });
    expect(() => whole.lookUp("compile", "pinball")).toThrow(new ArgumentError('compile: unknown loss "pinball". Known: mse, mae, focal.'));
  });
});

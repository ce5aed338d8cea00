import { expect, test } from "vitest";
import { Linear, Module, Sequential, type Tensor } from "../../src/index.js";
import { Watch } from "../../src/train/watch.js";

class Net extends Module {
  static override readonly moving = [...Module.moving, "count"];
  first = new Linear(2, 3);
  more: Module[] = [new Linear(3, 3)];
  named: Record<string, Module> = { last: new Linear(3, 1) };
  byKey = new Map<string, Module>([["a", new Linear(3, 3)]]);
  slope = 0.1;
  #hidden = this.register("hidden", new Linear(1, 1));
  count = 0;
  forward(x: Tensor): Tensor {
    return this.#hidden.forward(x);
  }
}

const CHANGES: Record<string, (net: Net) => unknown> = {
  "a field": (net) => Object.assign(net, { slope: 0.2 }),
  "a new field": (net) => Object.assign(net, { extra: 1 }),
  "a parameter": (net) => Object.assign(net.first, { weight: new Linear(2, 3).weight }),
  "a module": (net) => Object.assign(net, { first: new Linear(2, 3) }),
  "a module in a list": (net) => net.more.splice(0, 1, new Linear(3, 3)),
  "a longer list": (net) => net.more.push(new Linear(3, 3)),
  "a module in an object": (net) => Object.assign(net.named, { last: new Linear(3, 1) }),
  "a module in a Map": (net) => net.byKey.set("a", new Linear(3, 3)),
  "another key of a Map": (net) => net.byKey.set("b", new Linear(3, 3)),
  "a registered module": (net) => net.register("hidden", new Linear(1, 1)),
  "a field of a module below": (net) => Object.assign(net.more[0], { inFeatures: 4 }),
};

test.each(Object.entries(CHANGES))("sees %s", (_, change) => {
  const net = new Net();
  const watch = new Watch(net);
  expect(watch.holds).toBe(true);
  change(net);
  expect(watch.holds).toBe(false);
});

test("does not mind the mode, nor what counts by itself", () => {
  const net = new Net();
  const watch = new Watch(net);
  net.eval();
  net.count++;
  expect(watch.holds).toBe(true);
  expect(watch.modules).toHaveLength(6);
});

test("asks modules that name their children themselves", () => {
  class Own extends Module {
    #inside = [new Linear(2, 2)];
    override children(): Map<string, Module> {
      return new Map(this.#inside.map((module, i) => [String(i), module]));
    }
    swap(): void {
      this.#inside[0] = new Linear(2, 2);
    }
    forward(x: Tensor): Tensor {
      return x;
    }
  }
  const own = new Own();
  const model = new Sequential([own]);
  const watch = new Watch(model);
  expect(watch.holds).toBe(true);
  own.swap();
  expect(watch.holds).toBe(false);
});

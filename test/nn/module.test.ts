import { describe, expect, test, vi } from "vitest";
import { manualSeed, noGrad, ones, Parameter, randn, type Shape, type Tensor, tensor, zeros } from "../../src/index.js";
import { Buffer, Dense, Linear, Module } from "../../src/nn/index.js";

class Net extends Module {
  fc1 = new Linear(3, 4);
  fc2 = new Linear(4, 2);
  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.fc1.forward(x).relu());
  }
}

class Odd extends Module {
  scaleFactor = new Parameter(ones([1]));
  runningMean = new Buffer(zeros([2]));
  blocks = [new Linear(2, 2), { inner: new Linear(2, 1) }];
  named = new Map<string, unknown>([["first", new Linear(1, 1, { bias: false })]]);
  readonly #secret = this.register("secret", new Linear(1, 2));
  plain = { list: [1, "two", null, undefined], data: zeros([5]) };
  forward(x: Tensor): Tensor {
    return this.#secret.forward(x);
  }
}

const values = (module: Module): number[][] => module.parameters().map((parameter) => [...parameter.data]);

describe("the walk", () => {
  test("finds parameters in fields, arrays, objects, Maps and register()", () => {
    expect([...new Odd().namedParameters().keys()]).toEqual([
      "scale_factor",
      "blocks.0.weight",
      "blocks.0.bias",
      "blocks.1.inner.weight",
      "blocks.1.inner.bias",
      "named.first.weight",
      "secret.weight",
      "secret.bias",
    ]);
  });

  test("buffers stand beside, and in the state dict", () => {
    const odd = new Odd();
    expect([...odd.namedBuffers().keys()]).toEqual(["running_mean"]);
    expect([...odd.stateDict().keys()].slice(0, 3)).toEqual(["scale_factor", "running_mean", "blocks.0.weight"]);
    expect(odd.parameters()).not.toContain(odd.runningMean);
  });

  test("modules with their paths", () => {
    expect([...new Odd().namedModules().keys()]).toEqual(["", "blocks.0", "blocks.1.inner", "named.first", "secret"]);
  });

  test("what is shared counts once, but stands in the state dict under each name", () => {
    class Tied extends Module {
      encoder = new Linear(2, 3, { bias: false });
      again = this.encoder;
      decoder = { weight: this.encoder.weight };
      forward(): void {}
    }
    const tied = new Tied();
    expect([...tied.namedParameters().keys()]).toEqual(["decoder.weight"]);
    expect([...tied.namedModules().keys()]).toEqual(["", "encoder"]);
    const state = tied.stateDict();
    expect([...state.keys()]).toEqual(["decoder.weight", "encoder.weight", "again.weight"]);
    expect(state.get("again.weight")).toBe(state.get("encoder.weight"));
    // A file may hold any one of them.
    expect(tied.loadStateDict({ "again.weight": ones([3, 2]) })).toEqual({ missing: [], unexpected: [] });
    expect(tied.encoder.weight.toArray()).toEqual([[1, 1], [1, 1], [1, 1]]); // biome-ignore format: a matrix
  });

  test("modules that know each other end", () => {
    class Child extends Module {
      weight = new Parameter(ones([1]));
      constructor(readonly parent: Module) {
        super();
      }
      forward(): void {}
    }
    class Parent extends Module {
      child = new Child(this);
      forward(): void {}
    }
    expect([...new Parent().namedParameters().keys()]).toEqual(["child.weight"]);
  });

  test("camelCase becomes PyTorch's snake_case, also of modules", () => {
    class Attention extends Module {
      inProjWeight = new Parameter(ones([1]));
      weightIhL0 = new Parameter(ones([1]));
      outProj = new Linear(1, 1);
      forward(): void {}
    }
    expect([...new Attention().namedParameters().keys()]).toEqual(["in_proj_weight", "weight_ih_l0", "out_proj.weight", "out_proj.bias"]);
  });
});

describe("training", () => {
  test("train and eval reach everything", () => {
    const odd = new Odd();
    expect(odd.eval()).toBe(odd);
    expect([...odd.namedModules().values()].map((module) => module.training)).toEqual([false, false, false, false, false]);
    odd.train();
    expect(odd.named.get("first")).toHaveProperty("training", true);
    odd.train(false);
    expect(odd.named.get("first")).toHaveProperty("training", false);
  });

  test("a wrong argument is an error, and switches nothing", () => {
    const net = new Net();
    expect(() => net.train(0 as never)).toThrow("train: training is 0; expected true or false.");
    expect(() => net.train(null as never)).toThrow("train: training is null; expected true or false.");
    expect(net.training).toBe(true);
    expect(() => (net.eval as (mode: boolean) => void).call(net, true)).toThrow("eval: 1 argument was given; it takes none.");
    expect(() => {
      net.trainable = 0 as never;
    }).toThrow("trainable: trainable is 0; expected true or false.");
    expect(net.trainable).toBe(true);
  });

  test("zeroGrad forgets, freeze and unfreeze switch", () => {
    const net = new Net();
    const x = ones([1, 3]);
    net.forward(x).sum().backward();
    expect(net.fc2.bias?.grad?.toArray()).toEqual([1, 1]);
    net.zeroGrad();
    expect(net.fc2.bias?.grad).toBe(null);
    expect(net.trainable).toBe(true);
    net.fc1.freeze();
    net.forward(x).sum().backward();
    expect(net.fc1.weight.grad).toBe(null);
    expect(net.fc2.weight.grad).not.toBe(null);
    expect(net.freeze().trainable).toBe(false);
    expect(net.forward(x).requiresGrad).toBe(false);
    expect(
      net
        .unfreeze()
        .parameters()
        .every((parameter) => parameter.requiresGrad),
    ).toBe(true);
  });
});

describe("forward", () => {
  test("an arrow function in a field is refused, however deep", () => {
    class Arrow extends Module {
      forward = (x: Tensor): Tensor => x;
    }
    class Outer extends Module {
      inner = new Arrow();
      forward(x: Tensor): Tensor {
        return this.inner.forward(x);
      }
    }
    const text =
      "Arrow: forward is an arrow function in a field, which hides it from hooks, lazy layers and scopes. Write it as a method: forward(x) { … }.";
    expect(() => new Arrow().parameters()).toThrow(text);
    const outer = new Outer();
    expect(() => outer.forward(ones([1]))).toThrow(text);
    expect(() => outer.forward(ones([1]))).toThrow(text);
  });

  test("none at all", () => {
    const Empty = class Empty extends (Module as unknown as new () => Net) {};
    Object.defineProperty(Empty, "name", { value: "Empty" });
    expect(() => new Empty().forward(ones([1]))).toThrow("Empty: it has no forward. Write it as a method: forward(x) { … }.");
  });

  test("of a module that the model does not know is refused", () => {
    const hidden = new Linear(2, 2);
    class Hiding extends Module {
      forward(x: Tensor): Tensor {
        return hidden.forward(x);
      }
    }
    expect(() => new Hiding().forward(ones([1, 2]))).toThrow(
      "Linear: forward was called inside Hiding, which does not know this module: it would not be trained, saved or switched by train() and eval(). " +
        "Assign it to a field, an array, a plain object or a Map of the model, or register() it if the field is #private.",
    );
    // The failure leaves no trace.
    expect(hidden.forward(ones([1, 2])).shape).toEqual([1, 2]);
  });

  test("of a module that was added later is found", () => {
    class Growing extends Module {
      layers: Linear[] = [new Linear(2, 2)];
      forward(x: Tensor): Tensor {
        return this.layers.reduce((result, layer) => layer.forward(result), x);
      }
    }
    const growing = new Growing();
    growing.forward(ones([1, 2]));
    growing.layers.push(new Linear(2, 5));
    expect(growing.forward(ones([1, 2])).shape).toEqual([1, 5]);
    expect(growing.layers[1].path).toBe("layers.1");
  });

  test("an error inside does not leave the module running", () => {
    class Failing extends Module {
      forward(): void {
        throw new Error("mine");
      }
    }
    expect(() => new Failing().forward()).toThrow("mine");
    expect(new Linear(2, 2).forward(ones([1, 2])).shape).toEqual([1, 2]);
  });
});

describe("arguments", () => {
  test("what a layer of the library does not take is an error; a forward of one's own takes what it likes", () => {
    const forward = (layer: Module, ...inputs: unknown[]): unknown => layer.forward(...inputs);
    const x = ones([1, 3]);
    expect(() => forward(new Linear(3, 2), x, x)).toThrow("Linear: 2 arguments were given; it takes at most 1.");
    class Sized extends Dense {
      override forward(...inputs: Tensor[]): Tensor {
        return super.forward(inputs[0]).mul(inputs.length);
      }
    }
    expect(forward(new Sized(2, { weightInitializer: "ones" }), x, x, x)).toEqual(
      expect.objectContaining({ shape: [1, 2], data: new Float32Array([9, 9]) }),
    );
  });

  test("what is no shape builds nothing", () => {
    const dense = new Dense(2);
    expect(() => dense.build(3 as never)).toThrow("Dense: the shape is 3; expected an array of whole numbers. Write [3].");
    expect(() => dense.build([1, 0.5])).toThrow("Dense: shape [1, 0.5] holds 0.5; extents are whole numbers ≥ 0.");
    expect(dense.built).toBe(false);
    dense.build([1, 4]);
    expect(dense.weight.shape).toEqual([2, 4]);
  });

  test("names, modules and hooks", () => {
    const net = new Net();
    expect(() => net.namedModules(1 as never)).toThrow("namedModules: prefix is 1; expected a string.");
    expect([...net.namedModules("net").keys()]).toEqual(["net", "net.fc1", "net.fc2"]);
    expect(() => net.register("fc3", ones([1]) as never)).toThrow("register: module is a tensor; expected a module.");
    expect(() => net.register(net as never, net)).toThrow(/^register: name is .*; expected a string\.$/);
    expect(() => net.registerForwardHook({} as never)).toThrow(
      "registerForwardHook: hook is an object; expected a function of a module, its inputs and its output.",
    );
    expect(() => net.registerForwardPreHook(null as never)).toThrow(
      "registerForwardPreHook: hook is null; expected a function of a module and its inputs.",
    );
    expect(() => (net.parameters as (recurse: boolean) => void).call(net, true)).toThrow(
      "parameters: 1 argument was given; it takes none.",
    );
  });
});

describe("hooks", () => {
  test("see and replace inputs and outputs, and can be removed", () => {
    const layer = new Linear(2, 2);
    const seen: unknown[] = [];
    const removeBefore = layer.registerForwardPreHook((module, inputs) => {
      seen.push(module, inputs.length);
      return [zeros([1, 2])];
    });
    const removeAfter = layer.registerForwardHook((_, __, output) => (output as Tensor).mul(0).add(7));
    expect(layer.forward(ones([1, 2])).toArray()).toEqual([[7, 7]]);
    expect(seen).toEqual([layer, 1]);
    removeBefore();
    removeAfter();
    removeAfter();
    expect(layer.forward(zeros([1, 2])).data).toEqual((layer.bias as Parameter).data);
    expect(seen.length).toBe(2);
  });

  test("one that removes itself does not skip the next", () => {
    const layer = new Linear(1, 1);
    const next = vi.fn();
    const remove = layer.registerForwardHook(() => remove());
    layer.registerForwardHook(next);
    layer.forward(ones([1, 1]));
    layer.forward(ones([1, 1]));
    expect(next).toHaveBeenCalledTimes(2);
  });
});

describe("lazy layers", () => {
  class Lazy extends Module {
    body = new Dense(3);
    forward(x: Tensor): Tensor {
      return this.body.forward(x);
    }
  }
  const unbuilt =
    'parameters: Dense at "body" is not built: its parameters depend on the shape of its input. Run one forward, call build(inputShape), or give inputShape to the layer.';

  test("have no parameters before the first forward", () => {
    const lazy = new Lazy();
    expect(() => lazy.parameters()).toThrow(unbuilt);
    expect(() => lazy.stateDict()).toThrow(unbuilt);
    noGrad(() => lazy.forward(ones([1, 5])));
    expect([...lazy.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([
      ["body.weight", [3, 5]],
      ["body.bias", [3]],
    ]);
  });

  test("build once, by build() too", () => {
    const lazy = new Lazy();
    lazy.body.build([1, 5]);
    const { weight } = lazy.body;
    lazy.body.build([1, 6]);
    lazy.forward(ones([1, 5]));
    expect(lazy.body.weight).toBe(weight);
    expect(lazy.parameters().length).toBe(2);
  });

  test("a build of one's own gets the first input's shape", () => {
    const shapes: Shape[] = [];
    class Own extends Module {
      override build(inputShape: Shape): void {
        shapes.push(inputShape);
      }
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const own = new Own();
    own.forward(ones([4, 5]));
    own.forward(ones([2, 5]));
    expect(shapes).toEqual([[4, 5]]);
  });
});

describe("the state dict", () => {
  test("is a copy", () => {
    const net = new Net();
    const before = net.stateDict();
    const kept = before.get("fc1.weight")?.toArray();
    net.fc1.weight.fill(9);
    expect(before.get("fc1.weight")?.toArray()).toEqual(kept);
    net.loadStateDict(before);
    expect(net.fc1.weight.toArray()).toEqual(kept);
  });

  test("loads into another model, from an object too", () => {
    const [a, b] = [new Net(), new Net()];
    a.fc1.weight.fill(0.5);
    b.loadStateDict(Object.fromEntries(a.stateDict()));
    expect(values(b)).toEqual(values(a));
  });

  test("missing and unexpected entries are named, and nothing is changed", () => {
    const net = new Net();
    const before = values(net);
    const state = new Map([...net.stateDict()].map(([name, { shape }]) => [name.replace("fc2.", "fc3."), zeros(shape)]));
    expect(() => net.loadStateDict(state)).toThrow(
      'loadStateDict: missing "fc2.weight", "fc2.bias"; unexpected "fc3.weight", "fc3.bias". Pass strict: false to load the rest. renameWeights(state, rules) gives other names. Did you mean "fc1.weight"?',
    );
    expect(values(net)).toEqual(before);
    expect(net.loadStateDict(state, { strict: false })).toEqual({
      missing: ["fc2.weight", "fc2.bias"],
      unexpected: ["fc3.weight", "fc3.bias"],
    });
    expect(net.fc1.bias?.toArray()).toEqual([0, 0, 0, 0]);
    expect(values(net)[2]).toEqual(before[2]);
  });

  test("other shapes are named, and nothing is changed", () => {
    const net = new Net();
    const before = values(net);
    const state = { ...Object.fromEntries(net.stateDict()), "fc1.weight": zeros([3, 4]), "fc2.bias": zeros([3]) };
    expect(() => net.loadStateDict(state)).toThrow("loadStateDict: fc1.weight is [3, 4], expected [4, 3]; fc2.bias is [3], expected [2].");
    expect(values(net)).toEqual(before);
  });

  test("what is no tensor, and an unknown option", () => {
    const net = new Net();
    expect(() => net.loadStateDict({ "fc1.weight": [1] as never })).toThrow(
      "loadStateDict: fc1.weight is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
    expect(() => net.loadStateDict({}, { stict: false } as never)).toThrow(
      'loadStateDict: unknown option "stict". Known: strict. Did you mean "strict"?',
    );
  });

  test("a graph that saved the old values notices the load", () => {
    const net = new Net();
    const loss = net.forward(ones([1, 3])).sum();
    net.loadStateDict(net.stateDict());
    expect(() => loss.backward()).toThrow('"loadStateDict" changed it in place afterwards');
  });
});

describe("initial values", () => {
  const initial = (make: () => Module, x = ones([1, 3])): number[][] => {
    manualSeed(7);
    const module = make();
    module.forward(x);
    return values(module);
  };

  test("depend on the seed", () => {
    const first = initial(() => new Net());
    expect(initial(() => new Net())).toEqual(first);
    manualSeed(8);
    expect(values(new Net())).not.toEqual(first);
  });

  test("do not depend on another model beside, nor on what else is drawn", () => {
    const alone = initial(() => new Net());
    manualSeed(7);
    const [a, b] = [new Net(), new Odd()];
    b.forward(ones([1, 1]));
    randn([5]);
    a.forward(ones([1, 3]));
    expect(values(a)).toEqual(alone);
  });

  test("depend on the place, not on the order of calls", () => {
    class Backwards extends Net {
      override forward(x: Tensor): Tensor {
        this.fc2.forward(zeros([1, 4]));
        return super.forward(x);
      }
    }
    const alone = initial(() => new Net());
    expect(initial(() => new Backwards())).toEqual(alone);
    // Nor on which part was asked for its parameters first.
    manualSeed(7);
    const net = new Net();
    net.fc2.parameters();
    net.forward(ones([1, 3]));
    expect(values(net)).toEqual(alone);
  });

  test("are those of the seed when the model was made, though drawn later", () => {
    const seven = initial(() => new Net());
    manualSeed(7);
    const a = new Net();
    manualSeed(8);
    const b = new Net();
    b.forward(ones([1, 3]));
    expect(values(a)).toEqual(seven);
    expect(values(b)).not.toEqual(seven);
  });

  test("of layers without a model differ, and start over with the seed", () => {
    const pair = (): number[][] => {
      manualSeed(7);
      return [new Linear(3, 3), new Linear(3, 3)].map((layer) => {
        layer.forward(ones([1, 3]));
        return [...layer.weight.data];
      });
    };
    const [a, b] = pair();
    expect(a).not.toEqual(b);
    expect(pair()).toEqual([a, b]);
  });

  test("of a part that runs alone are those of its place in the model that knows it", () => {
    class Pair extends Module {
      left = new Net();
      right = new Net();
      forward(x: Tensor): Tensor[] {
        return [this.left.forward(x), this.right.forward(x)];
      }
    }
    const whole = initial(() => new Pair());
    manualSeed(7);
    const pair = new Pair();
    pair.parameters();
    pair.right.forward(ones([1, 3]));
    pair.left.forward(ones([1, 3]));
    expect(values(pair)).toEqual(whole);
    expect(values(pair.left)).not.toEqual(values(pair.right));
  });

  test("loading before the first use is not overdrawn", () => {
    const net = new Net();
    net.loadStateDict(new Map([...new Net().stateDict()].map(([name, { shape }]) => [name, ones(shape)])));
    expect(net.forward(ones([1, 3])).toArray()).toEqual(tensor([[17, 17]]).toArray());
  });
});

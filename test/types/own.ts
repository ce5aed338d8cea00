/** What a user writes in TypeScript, with `noImplicitOverride`; checked by tsc, never run. */
import {
  type Architecture,
  Dense,
  loadModel,
  Model,
  Module,
  Optimizer,
  type OptimizerOptions,
  options,
  Parameter,
  randn,
  Sequential,
  type Settings,
  type StateDict,
  type StateNames,
  type Tensor,
  type Update,
} from "../../src/index.js";

/** A constructor of three arguments; files hold what `fromConfig` takes. */
export class MyConv extends Module {
  static override readonly type: string = "MyConv";
  static override readonly capturable = true;
  readonly weight: Parameter;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    readonly size: number,
  ) {
    super();
    this.weight = new Parameter(randn([outChannels, inChannels, size]));
  }

  static fromConfig({ inChannels, outChannels, size }: { inChannels: number; outChannels: number; size: number }): MyConv {
    return new MyConv(inChannels, outChannels, size);
  }

  config(): object {
    return { inChannels: this.inChannels, outChannels: this.outChannels, size: this.size };
  }

  override describe(): Architecture {
    return super.describe();
  }

  override loadStateDict(state: StateDict): { missing: string[]; unexpected: string[] } {
    return super.loadStateDict(state);
  }

  override forward(x: Tensor): Tensor {
    return x;
  }
}

class Derived extends MyConv {
  static override type = "Derived";
}

class Hidden extends Module {
  private constructor(readonly factor: number) {
    super();
  }
  static fromConfig(config: { factor: number }): Hidden {
    return new Hidden(config.factor);
  }
  override forward(x: Tensor): Tensor {
    return x.mul(this.factor);
  }
}

class OwnModel extends Model {
  static override readonly type = "OwnModel";
}
class OwnSequential extends Sequential {
  static override readonly type = "OwnSequential";
}
class OwnDense extends Dense {
  static override readonly type = "OwnDense";
}

loadModel<OwnModel>("file", { custom: { MyConv, Derived, Hidden, OwnModel, OwnSequential, OwnDense } }) satisfies Promise<OwnModel>;
// @ts-expect-error an object is no class
loadModel("file", { custom: { MyConv: {} } });
// @ts-expect-error it makes no module
loadModel("file", { custom: { Date } });

interface LionOptions extends OptimizerOptions {
  beta1?: number;
  beta2?: number;
}

export class Lion extends Optimizer<LionOptions> {
  static override readonly options = options.declare("Lion", {
    /** Decay of the direction. Default 0.9. */
    beta1: options.number({ default: 0.9, min: 0, below: 1 }),
    /** Decay of the mean. Default 0.99. */
    beta2: options.number({ default: 0.99, min: 0, below: 1 }),
  });

  protected override stateNames({ beta1 }: Settings<LionOptions>): StateNames {
    return beta1 === 0 ? [] : ["m"];
  }

  protected override update({ parameter, gradient, states: { m }, learningRate, options }: Update<LionOptions>): void {
    const { beta1, beta2 }: Settings<LionOptions> = options;
    const direction = m
      .mul(beta1)
      .add(gradient.mul(1 - beta1))
      .sign();
    m.assign(m.mul(beta2).add(gradient.mul(1 - beta2)));
    parameter.assign(parameter.sub(direction.mul(learningRate)));
  }
}

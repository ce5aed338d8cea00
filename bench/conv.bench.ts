import { inputUnits, outputUnits, weightParts, weightUnits } from "../src/kernels/convolutions.js";
import * as kernels from "../src/kernels/generated.js";
import { floats } from "./data.js";
import type { Row } from "./harness.js";

/** A convolution of square images by square kernels. */
interface Shape {
  readonly name: string;
  readonly n: number;
  readonly channels: number;
  readonly filters: number;
  readonly input: number;
  readonly kernel: number;
  readonly pad?: number;
  readonly stride?: number;
  readonly groups?: number;
}

const SHAPES: readonly Shape[] = [
  { name: "lenet 1-6 5x5", n: 64, channels: 1, filters: 6, input: 28, kernel: 5, pad: 2 },
  { name: "lenet 6-16 5x5", n: 64, channels: 6, filters: 16, input: 14, kernel: 5 },
  { name: "lenet 6-16 5x5, one sample", n: 1, channels: 6, filters: 16, input: 14, kernel: 5 },
  { name: "vgg 3-32 3x3", n: 32, channels: 3, filters: 32, input: 32, kernel: 3, pad: 1 },
  { name: "vgg 32-32 3x3", n: 32, channels: 32, filters: 32, input: 32, kernel: 3, pad: 1 },
  { name: "vgg 32-64 3x3", n: 32, channels: 32, filters: 64, input: 16, kernel: 3, pad: 1 },
  { name: "vgg 64-64 3x3", n: 32, channels: 64, filters: 64, input: 16, kernel: 3, pad: 1 },
  { name: "resnet 128-256 3x3 stride 2", n: 4, channels: 128, filters: 256, input: 28, kernel: 3, pad: 1, stride: 2 },
  { name: "resnet 512-512 3x3", n: 4, channels: 512, filters: 512, input: 7, kernel: 3, pad: 1 },
  { name: "resnet 3-64 7x7 stride 2", n: 1, channels: 3, filters: 64, input: 224, kernel: 7, pad: 3, stride: 2 },
  { name: "resnet 256-64 1x1", n: 4, channels: 256, filters: 64, input: 56, kernel: 1 },
  { name: "resnet 256-512 1x1 stride 2", n: 4, channels: 256, filters: 512, input: 28, kernel: 1, stride: 2 },
  { name: "depthwise 64 3x3", n: 8, channels: 1, filters: 1, groups: 64, input: 32, kernel: 3, pad: 1 },
  { name: "depthwise 64 3x3 stride 2", n: 8, channels: 1, filters: 1, groups: 64, input: 32, kernel: 3, pad: 1, stride: 2 },
];

type Way = "output" | "input" | "weight";

function row(shape: Shape, way: Way): Row {
  const { name, n, channels, filters, input, kernel, pad = 0, stride = 1, groups = 1 } = shape;
  const output = Math.floor((input + 2 * pad - kernel) / stride) + 1;
  const size = groups * filters * channels * kernel ** 2;
  const extents = { d: 1, h: input, w: input, od: 1, oh: output, ow: output, kd: 1, kh: kernel, kw: kernel };
  const parts = weightParts({ n, groups, channels, filters, ...extents });
  return {
    group: "conv",
    name: `${way} ${name}`,
    flops: 2 * n * output ** 2 * size,
    setup: () => {
      const x = floats(n * groups * channels * input ** 2);
      const weight = floats((way === "weight" ? parts : 1) * size);
      const y = floats(n * groups * filters * output ** 2);
      const args = {
        ...{ x, weight, y, bias: way === "output" ? floats(groups * filters) : 0, n, groups, channels, filters, parts },
        ...extents,
        ...{ strideD: 1, strideH: stride, strideW: stride, padD: 0, padH: pad, padW: pad, dilationD: 1, dilationH: 1, dilationW: 1 },
        ...{ beta: 0, act: 0 },
      };
      if (way === "output") return () => kernels.convOutput(args, 0, outputUnits(args));
      if (way === "input") return () => kernels.convInput(args, 0, inputUnits(args));
      return () => kernels.convWeight(args, 0, weightUnits(args));
    },
  };
}

export const rows: Row[] = SHAPES.flatMap((shape) => (["output", "input", "weight"] as const).map((way) => row(shape, way)));

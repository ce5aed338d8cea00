import { expect, test } from "vitest";
import { Conv2d, Conv3d, type ConvOptions, ConvTranspose2d, type ConvTransposeOptions, type Module } from "../../src/index.js";
import { checkGolden, type GoldenCase, type GoldenTensor, goldenCases } from "../support/golden.js";

interface LayerCase extends GoldenCase {
  params: Record<string, GoldenTensor>;
}

const LAYERS = { Conv2d, Conv3d, ConvTranspose2d };

const CASES = goldenCases("layers_dense_conv") as LayerCase[];

/** A layer of torch.nn by its constructor's words. */
function made({ module_type, config = {} }: GoldenCase): Module {
  const { in_channels, out_channels, kernel_size, padding_mode, output_padding, ...same } = config;
  const options = {
    ...same,
    ...(padding_mode !== undefined && { paddingMode: padding_mode }),
    ...(output_padding !== undefined && { outputPadding: output_padding }),
  };
  const layer = LAYERS[module_type as keyof typeof LAYERS];
  return new layer(in_channels as number, out_channels as number, kernel_size as number, options as ConvOptions & ConvTransposeOptions);
}

test.each(CASES.map((golden) => [golden.name, golden] as const))("%s", (_, golden) => {
  // Weight and bias take part as inputs, so that their gradients are checked too.
  checkGolden({ ...golden, inputs: { ...golden.inputs, ...golden.params } }, ({ input, ...params }) => {
    const layer = made(golden);
    expect(Object.fromEntries([...layer.namedParameters()].map(([name, { shape }]) => [name, shape]))).toEqual(
      Object.fromEntries(Object.entries(golden.params).map(([name, { shape }]) => [name, shape])),
    );
    return Object.assign(layer, params).forward(input);
  });
});

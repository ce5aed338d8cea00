import { describe, expect, test } from "vitest";
import "../../src/index.js";
import type { Tensor } from "../../src/index.js";
import {
  type Module,
  MultiheadAttention,
  Transformer,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from "../../src/nn/index.js";
import { checkGolden, type GoldenCase, type GoldenTensor, goldenCases } from "../support/golden.js";
import { replaceState } from "../support/state.js";

interface LayerCase extends GoldenCase {
  params: Record<string, GoldenTensor>;
}

/** Makes the layer of a case, and calls it: PyTorch's names in, results in the order of the case's outputs. */
type Make = (config: Record<string, never>) => [layer: Module, run: (inputs: Record<string, Tensor>) => (Tensor | null)[]];

const sizes = ({ d_model, nhead }: Record<string, never>): [number, number] => [d_model, nhead];
const optionsOf = ({ dim_feedforward, dropout, activation, norm_first }: Record<string, never>) => {
  return { feedForward: dim_feedforward, dropout, activation, normFirst: norm_first };
};

const MAKE: Record<string, Make> = {
  MultiheadAttention: (config) => {
    const { embed_dim, num_heads, bias, batch_first, kdim, vdim, add_bias_kv, add_zero_attn, average_attn_weights } = config;
    const options = { bias, kdim, vdim, batchFirst: batch_first ?? false, addBiasKv: add_bias_kv, addZeroAttn: add_zero_attn };
    const layer = new MultiheadAttention(embed_dim, num_heads, options);
    return [
      layer,
      ({ query, key = query, value = key, attn_mask: attnMask, key_padding_mask: keyPaddingMask }) => {
        const call = { attnMask, keyPaddingMask, averageAttnWeights: average_attn_weights };
        const { output, weights } = layer.forward(query, key, value, call);
        return [output, weights];
      },
    ];
  },
  TransformerEncoderLayer: (config) => {
    const layer = new TransformerEncoderLayer(...sizes(config), optionsOf(config));
    return [layer, ({ src, mask, key_padding_mask: keyPaddingMask }) => [layer.forward(src, { mask, keyPaddingMask })]];
  },
  TransformerDecoderLayer: (config) => {
    const layer = new TransformerDecoderLayer(...sizes(config), optionsOf(config));
    return [
      layer,
      ({ tgt, memory, mask, memory_mask: memoryMask, memory_key_padding_mask: memoryKeyPaddingMask }) => [
        layer.forward(tgt, memory, { mask, memoryMask, memoryKeyPaddingMask }),
      ],
    ];
  },
  TransformerEncoder: (config) => {
    const layer = new TransformerEncoder(...sizes(config), config.num_layers, { ...optionsOf(config), finalNorm: true });
    return [layer, ({ src, mask }) => [layer.forward(src, { mask })]];
  },
  TransformerDecoder: (config) => {
    const layer = new TransformerDecoder(...sizes(config), config.num_layers, optionsOf(config));
    return [layer, ({ tgt, memory, mask }) => [layer.forward(tgt, memory, { mask })]];
  },
  Transformer: (config) => {
    const { num_encoder_layers: numEncoderLayers, num_decoder_layers: numDecoderLayers } = config;
    const layer = new Transformer(...sizes(config), { ...optionsOf(config), numEncoderLayers, numDecoderLayers });
    return [layer, ({ src, tgt, mask: targetMask }) => [layer.forward(src, tgt, { targetMask })]];
  },
};

describe.each(["layers_attention", "layers_transformer"])("PyTorch's numbers: %s", (section) => {
  const cases = goldenCases(section) as LayerCase[];
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", (name, golden) => {
    const config = { ...golden.config, ...(name.endsWith("perhead") && { average_attn_weights: false }) } as Record<string, never>;
    // Parameters take part as inputs, so that their gradients are checked too.
    checkGolden({ ...golden, inputs: { ...golden.inputs, ...golden.params } }, (inputs) => {
      const [layer, run] = MAKE[golden.module_type as string](config);
      expect([...layer.stateDict().keys()].sort()).toEqual(Object.keys(golden.params).sort());
      replaceState(layer, Object.fromEntries(Object.keys(golden.params).map((key) => [key, inputs[key]])));
      return run(inputs).map((result) => result as Tensor);
    });
  });
});

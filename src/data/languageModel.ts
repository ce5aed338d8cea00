import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * A module that tells the next token: `forward` takes tokens [n, T], int32, and gives logits [n, T, V], where those at t say what may
 * follow tokens 0 … t. `generate` takes any of them. One that has `step`, too, is not run over the whole text again for each token.
 */
export interface LanguageModel<State = unknown> extends Module {
  /** The most tokens that the model looks back to, if there is a limit: longer inputs are not taken. */
  readonly contextLength?: number;
  /**
   * Goes on with a text.
   * @param tokens the next tokens [n, T], int32: a prompt at first, then one at a time
   * @param state what the last step gave: hidden states, or the keys and values of the tokens so far. null at the beginning of a text
   * @returns logits [n, T, V], and the state behind these tokens: tensors, or lists or plain objects of them
   */
  step?(tokens: Tensor, state: State | null): { logits: Tensor; state: State };
}

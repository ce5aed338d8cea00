import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { type CrossEntropyOptions, crossEntropy } from "../nn/losses.js";
import { checkTensor, checkTensorArity } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * Cross-entropy of language models, whose classes are on the last axis: the mean over all tokens, in nats. As a loss of `compile` it
 * goes with `windowBatches`.
 *
 * Shape: logits [n, T, V], targets [n, T], int32 → []
 *
 * @param options of `crossEntropy`
 * @throws ShapeError for other shapes, and as `crossEntropy`
 * @example
 * tokenCrossEntropy(zeros([2, 3, 4]), randint(0, 4, [2, 3]));   // 1.38629
 */
export const tokenCrossEntropy = Object.assign(
  function tokenCrossEntropy(prediction: Tensor, target: Tensor, options?: CrossEntropyOptions): Tensor {
    checkTensorArity("tokenCrossEntropy", arguments.length, 3);
    checkTensor("tokenCrossEntropy", "prediction", prediction);
    checkTensor("tokenCrossEntropy", "target", target);
    const { rank, shape } = prediction;
    if (rank !== 3 || target.rank !== 2 || target.shape[0] !== shape[0] || target.shape[1] !== shape[1]) {
      const found = `logits ${shapeText(shape)}, targets ${shapeText(target.shape)}`;
      throw new ShapeError(message("tokenCrossEntropy", `${found}; expected [n, T, V] and [n, T]`));
    }
    const [n, length, classes] = shape;
    const loss = crossEntropy(prediction.reshape([n * length, classes]), target.reshape([n * length]), options);
    return loss.rank === 0 ? loss : loss.reshape([n, length]);
  },
  { capturable: true as const, targets: "classes" as const, classAxis: -1 as const, squashing: "softmax" as const },
);

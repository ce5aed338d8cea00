import { deserializeModel, noGrad, tensor, zeros } from "simdgrad";
import { RequestError } from "./requests.mjs";

const FEATURES = 64;
const MOST_SAMPLES = 256;

/** The newest model, which answers until a newer one is ready. */
export class Predictor {
  #served = null;

  /** Which epoch the weights are of, and since when they answer; null until there are any. */
  get status() {
    if (this.#served === null) return null;
    const { epoch, since } = this.#served;
    return { epoch, since };
  }

  /** Makes a model of a file's bytes. Requests that have begun end with the old one. */
  async take({ epoch, bytes }) {
    const model = deserializeModel(bytes);
    // The first request shall not pay for what is done once.
    await model.predict(zeros([1, FEATURES]));
    if (this.#served === null || epoch >= this.#served.epoch) this.#served = { model, epoch, since: new Date().toISOString() };
  }

  /** @throws RequestError, and the library's errors, which name the value that is wrong */
  async predict(rows) {
    if (this.#served === null) throw new RequestError(503, "there are no weights yet; ask again in a moment");
    const { model, epoch } = this.#served;
    const x = tensor(rows);
    if (x.shape.length !== 2 || x.shape[0] > MOST_SAMPLES)
      throw new RequestError(400, `the body has shape [${x.shape}]; expected [n, ${FEATURES}], n from 1 to ${MOST_SAMPLES}`);
    if (!x.data.every(Number.isFinite)) throw new RequestError(400, "the body has a number that float32 cannot hold");
    const logits = await model.predict(x);
    const [digits, probabilities] = noGrad(() => [logits.argmax(1), logits.softmax(1).max(1)]);
    return { epoch, digits: digits.toArray(), probabilities: probabilities.toArray() };
  }
}

/** What a user does with the package, as source text: learn XOR, save, load, compare; strings and methods must survive every bundler. */
const BODY = `
  manualSeed(1);
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const y = tensor([0, 1, 1, 0], { dtype: "int32" });
  const model = new Sequential([new Dense(16, { activation: softsign, inputShape: [2] }), new Dropout(0), new Dense(2)]);
  model.compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "crossEntropy", metrics: ["accuracy"] });
  await model.fit({ x, y }, { epochs: 100, batchSize: 4, verbose: 0 });
  await model.save("model.safetensors");
  const loaded = await loadModel("model.safetensors", { custom: { softsign } });
  const [before, after] = [await model.predict(x), await loaded.predict(x)];
  let refusal = "";
  try {
    x.matmul(tensor([[1, 2, 3]]));
  } catch (error) {
    refusal = error.name + " " + error.code + " " + (error instanceof ShapeError);
  }
  console.log(JSON.stringify({
    accuracy: (await model.evaluate({ x, y })).accuracy,
    same: before.toArray().flat().every((value, i) => value === after.toArray().flat()[i]),
    method: tensor([-1, 2]).relu().toArray(),
    refusal,
    layers: (model.summary(() => {}).match(/Dense|Dropout/g) ?? []).length,
  }));
`;

const NAMES = "{ Dense, Dropout, loadModel, manualSeed, Sequential, ShapeError, softsign, tensor }";

export const ESM = `import ${NAMES} from "simdgrad";\n${BODY}`;
export const COMMONJS = `const ${NAMES} = require("simdgrad");\n(async () => {${BODY}})();`;
/** For bundles into CommonJS, which has no await at its top. */
export const WRAPPED = `import ${NAMES} from "simdgrad";\n(async () => {${BODY}})();`;

export const OUTPUT = { accuracy: 1, same: true, method: [0, 2], refusal: "ShapeError SHAPE true", layers: 3 };

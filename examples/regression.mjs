/**
 * A table from a CSV text: columns of numbers and one of words. Splits, scales, embeds the words by one-hot columns, trains a
 * regression, and judges it in the unit of the target. The table is made here, so that the program needs no file.
 *
 *     node examples/regression.mjs
 */
import { concat, Dense, EarlyStopping, manualSeed, oneHot, rand, Sequential, tensor } from "simdgrad";
import { standardize, trainTestSplit } from "simdgrad/datasets";

/** Flats with a price that follows from the other columns, and some noise. */
function makeCsv(count) {
  const districts = { centre: 5.2, north: 3.4, harbour: 4.1 };
  const names = Object.keys(districts);
  const [sizes, noise] = [rand([count], { low: 25, high: 160 }).toArray(), rand([count], { low: -15, high: 15 }).toArray()];
  const lines = sizes.map((size, i) => {
    const [rooms, floor, district] = [1 + Math.floor(size / 32), i % 7, names[(i * 5) % 3]];
    const price = size * districts[district] + 12 * rooms + 6 * floor + noise[i];
    return [size.toFixed(1), rooms, floor, district, price.toFixed(1)].join(",");
  });
  return ["size,rooms,floor,district,price", ...lines].join("\n");
}

function parseCsv(text) {
  const [head, ...lines] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return lines.map((cells) => Object.fromEntries(cells.map((cell, i) => [head[i], cell])));
}

manualSeed(2);
const rows = parseCsv(makeCsv(600));
const districts = [...new Set(rows.map(({ district }) => district))];
const { train, test } = trainTestSplit(
  {
    numbers: tensor(rows.map(({ size, rooms, floor }) => [Number(size), Number(rooms), Number(floor)])),
    district: tensor(
      rows.map(({ district }) => districts.indexOf(district)),
      { dtype: "int32" },
    ),
    price: tensor(rows.map(({ price }) => [Number(price)])),
  },
  { test: 0.2 },
);

// Means and deviations are the training data's, for inputs and target alike.
const inputScale = standardize(train.numbers);
const priceScale = standardize(train.price);
const inputs = ({ numbers, district }) => concat([inputScale.transform(numbers), oneHot(district, districts.length)], 1);

const model = new Sequential([new Dense(32, { activation: "relu" }), new Dense(16, { activation: "relu" }), new Dense(1)]);
model.compile({ optimizer: { name: "adamw", learningRate: 5e-3 }, loss: { name: "huber", delta: 1 }, metrics: ["mae"] });
await model.fit(
  { x: inputs(train), y: priceScale.transform(train.price) },
  { epochs: 60, validationSplit: 0.1, callbacks: [new EarlyStopping({ patience: 10 })], verbose: 0 },
);

const predicted = priceScale.inverse(await model.predict(inputs(test)));
const error = predicted.sub(test.price).abs().mean().item();
const spread = test.price.sub(test.price.mean()).abs().mean().item();
for (let i = 0; i < 3; i++) {
  const [asked, guessed] = [test.price, predicted].map((prices) => prices.slice([i, 0]).item().toFixed(0));
  console.log(`${districts[test.district.slice([i]).item()].padEnd(8)} price ${asked}, predicted ${guessed}`);
}
console.log(`mean error ${error.toFixed(1)}, of the mean alone ${spread.toFixed(1)}`);

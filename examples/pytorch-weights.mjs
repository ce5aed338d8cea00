/**
 * Weights from and to PyTorch by safetensors. In Python, `save_file(net.state_dict(), "net.safetensors")` writes what is read here, and
 * `net.load_state_dict(load_file("back.safetensors"))` reads what is written. The file that Python would have written is made here.
 *
 *     net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))
 *
 *     node examples/pytorch-weights.mjs
 */
import { Activation, BatchNorm, Linear, loadWeights, manualSeed, ones, randn, Sequential, saveWeights, tensor, zeros } from "simdgrad";

manualSeed(9);
await saveWeights("net.safetensors", {
  "0.weight": randn([8, 4]),
  "0.bias": randn([8]),
  "1.weight": ones([8]),
  "1.bias": zeros([8]),
  "1.running_mean": randn([8]),
  "1.running_var": ones([8]),
  "1.num_batches_tracked": tensor(100, { dtype: "int32" }),
  "3.weight": randn([3, 8]),
  "3.bias": randn([3]),
});

// The same layers in the same places: a Sequential numbers them as PyTorch's does.
const net = new Sequential([new Linear(4, 8), new BatchNorm(), new Activation("relu"), new Linear(8, 3)]);
net.layers[1].build([1, 8]);
const weights = await loadWeights("net.safetensors");
for (const [name, { shape, dtype }] of weights) console.log(`${name.padEnd(22)} ${dtype} [${shape}]`);
const { missing, unexpected } = net.loadStateDict(weights, { strict: false });
console.log(`missing: ${missing.join(", ") || "none"}; unexpected: ${unexpected.join(", ") || "none"}`);

console.log(await net.predict([[1, 2, 3, 4]]));
await saveWeights("back.safetensors", net.stateDict());
const again = await loadWeights("back.safetensors");
console.log(`the same back: ${[...again].every(([name, value]) => value.eq(weights.get(name)).min().item() === 1)}`);

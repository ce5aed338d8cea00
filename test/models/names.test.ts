import { expect, test } from "vitest";
import type { Module } from "../../src/index.js";
import * as models from "../../src/models.js";

/** Names and shapes of a part of a model's state, as torchvision's file has them. */
function state(model: Module, prefix: string): string[] {
  return [...model.namedParameters(), ...model.namedBuffers()]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { shape }]) => `${name} [${shape}]`);
}

test("ResNet-18: torchvision's names and shapes", () => {
  const net = models.resNet18({ classes: 10 });
  expect(state(net, "conv1")).toEqual(["conv1.weight [64,3,7,7]"]);
  expect(state(net, "bn1")).toEqual([
    ...["bn1.weight [64]", "bn1.bias [64]"],
    ...["bn1.running_mean [64]", "bn1.running_var [64]", "bn1.num_batches_tracked []"],
  ]);
  expect(state(net, "layer2.0").filter((line) => !/running|num_batches/.test(line))).toEqual([
    "layer2.0.conv1.weight [128,64,3,3]",
    "layer2.0.bn1.weight [128]",
    "layer2.0.bn1.bias [128]",
    "layer2.0.conv2.weight [128,128,3,3]",
    "layer2.0.bn2.weight [128]",
    "layer2.0.bn2.bias [128]",
    "layer2.0.downsample.0.weight [128,64,1,1]",
    "layer2.0.downsample.1.weight [128]",
    "layer2.0.downsample.1.bias [128]",
  ]);
  expect(state(net, "layer1.0.downsample")).toEqual([]);
  expect(state(net, "fc")).toEqual(["fc.weight [10,512]", "fc.bias [10]"]);
  expect(net.stateDict().size).toBe(122);
});

test("ResNet-50: a bottleneck", () => {
  const weights = state(models.resNet50({ classes: 10 }), "layer3.0.").filter(
    (line) => line.includes("conv") || line.includes("downsample.0"),
  );
  expect(weights).toEqual([
    "layer3.0.conv1.weight [256,512,1,1]",
    "layer3.0.conv2.weight [256,256,3,3]",
    "layer3.0.conv3.weight [1024,256,1,1]",
    "layer3.0.downsample.0.weight [1024,512,1,1]",
  ]);
});

test("VGG-11 and AlexNet: numbers of layers that count activations", () => {
  const weights = (net: Module): string[] => state(net, "").filter((line) => line.includes("weight"));
  expect(weights(models.vgg11({ classes: 10 }))).toEqual([
    ...["features.0.weight [64,3,3,3]", "features.3.weight [128,64,3,3]", "features.6.weight [256,128,3,3]"],
    ...["features.8.weight [256,256,3,3]", "features.11.weight [512,256,3,3]", "features.13.weight [512,512,3,3]"],
    ...["features.16.weight [512,512,3,3]", "features.18.weight [512,512,3,3]"],
    ...["classifier.0.weight [4096,25088]", "classifier.3.weight [4096,4096]", "classifier.6.weight [10,4096]"],
  ]);
  expect(weights(models.alexNet({ classes: 10 }))).toEqual([
    ...["features.0.weight [64,3,11,11]", "features.3.weight [192,64,5,5]", "features.6.weight [384,192,3,3]"],
    ...["features.8.weight [256,384,3,3]", "features.10.weight [256,256,3,3]"],
    ...["classifier.1.weight [4096,9216]", "classifier.4.weight [4096,4096]", "classifier.6.weight [10,4096]"],
  ]);
});

test("DenseNet-121: torchvision's names and shapes", () => {
  const net = models.denseNet121({ classes: 10 });
  const shapes = new Map([...net.stateDict()].map(([name, { shape }]) => [name, shape]));
  expect(shapes.size).toBe(727);
  expect(shapes.get("features.conv0.weight")).toEqual([64, 3, 7, 7]);
  expect(shapes.get("features.norm0.running_var")).toEqual([64]);
  expect(shapes.get("features.denseblock1.denselayer1.norm1.weight")).toEqual([64]);
  expect(shapes.get("features.denseblock1.denselayer6.conv1.weight")).toEqual([128, 224, 1, 1]);
  expect(shapes.get("features.denseblock3.denselayer24.conv2.weight")).toEqual([32, 128, 3, 3]);
  expect(shapes.get("features.transition2.conv.weight")).toEqual([256, 512, 1, 1]);
  expect(shapes.get("features.norm5.weight")).toEqual([1024]);
  expect(shapes.get("classifier.weight")).toEqual([10, 1024]);
});

test("GoogLeNet: torchvision's names and shapes", () => {
  const weights = state(models.googLeNet({ classes: 10 }), "inception4a.").filter((line) => line.includes("conv.weight"));
  expect(weights).toEqual([
    "inception4a.branch1.conv.weight [192,480,1,1]",
    "inception4a.branch2.0.conv.weight [96,480,1,1]",
    "inception4a.branch2.1.conv.weight [208,96,3,3]",
    "inception4a.branch3.0.conv.weight [16,480,1,1]",
    "inception4a.branch3.1.conv.weight [48,16,3,3]",
    "inception4a.branch4.1.conv.weight [64,480,1,1]",
  ]);
});

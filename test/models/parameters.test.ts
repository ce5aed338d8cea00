import { expect, test } from "vitest";
import type { Module } from "../../src/index.js";
import * as models from "../../src/models.js";

/** All elements of all parameters. */
function count(model: Module): number {
  return model.parameters().reduce((sum, { size }) => sum + size, 0);
}

test.each<[string, () => Module, number]>([
  ["LeNet-5", () => models.lenet5(), 61_706],
  ["ResNet-18", () => models.resNet18(), 11_689_512],
  ["ResNet-34", () => models.resNet34(), 21_797_672],
  ["ResNet-50", () => models.resNet50(), 25_557_032],
  ["CIFAR ResNet-20", () => models.cifarResNet(20), 269_722],
  ["CIFAR ResNet-56", () => models.cifarResNet(56), 853_018],
  ["CIFAR ResNet-110", () => models.cifarResNet(110), 1_727_962],
  ["CIFAR ResNet-20 without skips", () => models.cifarResNet(20, { skip: false }), 269_722],
  ["CIFAR ResNet-20 with projections", () => models.cifarResNet(20, { shortcut: "projection" }), 272_474],
  ["AlexNet", () => models.alexNet(), 61_100_840],
  ["VGG-11", () => models.vgg11(), 132_863_336],
  ["VGG-16", () => models.vgg16(), 138_357_544],
  ["VGG-19", () => models.vgg19(), 143_667_240],
  ["DenseNet-121", () => models.denseNet121(), 7_978_856],
  ["GoogLeNet without its auxiliary classifiers", () => models.googLeNet(), 6_624_904],
])("%s: as many parameters as its paper or torchvision counts", (_, make, parameters) => {
  expect(count(make())).toBe(parameters);
});

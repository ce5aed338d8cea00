import { Module } from "../module.js";

/**
 * Gives back what it gets: a place for a layer.
 * Shape:     any → same
 * @example const shortcut = widens ? new Linear(64, 128) : new Identity();
 */
export class Identity extends Module {
  static readonly type: string = "Identity";

  config(): Record<string, never> {
    return {};
  }

  forward<T>(x: T): T {
    return x;
  }
}

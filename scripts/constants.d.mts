import type { Field } from "./records.mjs";

/** A constant declared for the host: a number, an enum or the layout of a class. */
export type Constant = { name: string; file: string; doc: string } & (
  | { kind: "const"; value: number }
  | { kind: "enum"; members: { name: string; value: number; comment?: string }[] }
  | { kind: "class"; fields: Field[] }
);

export function readConstants(folder: string): Constant[];
export function upperCase(name: string): string;
export function constantsSource(constants: Constant[]): string;

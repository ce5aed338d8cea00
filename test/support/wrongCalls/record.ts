import { type Declaration, Declaration as Declarations, type Declared } from "../../../src/options/declare.js";
import { documented, library, scope, sources } from "../examples.js";
import { read } from "../repository.js";

/** A call as an example of the documentation makes it. */
export interface RightCall {
  readonly self: unknown;
  readonly args: readonly unknown[];
}

/** Something public that can be called. */
export interface Subject {
  /** The folder of src that it comes from. */
  readonly room: string;
  /** "sum", "Tensor.sum", "new Linear", "Parameter.grad =". */
  readonly name: string;
  readonly call: (self: unknown, args: readonly unknown[]) => unknown;
  readonly right: RightCall[];
  /** Whether it returns a promise. */
  asynchronous: boolean;
  /** The options that it reads, as far as they are declared. */
  options: readonly string[];
}

type Callable = (...args: unknown[]) => unknown;
type Class = (new (...args: unknown[]) => object) & { prototype: object };

/** Calls kept for each subject. */
const KEPT = 4;

/** What the library itself calls, with arguments of its own making; users write it. */
const HOOK = /^on[A-Z]|^to(String|JSON)$/;

const isClass = (value: unknown): value is Class => typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));

/** The room of every export, by name. */
function roomsOf(): Map<string, string> {
  const rooms = new Map<string, string>();
  for (const path of sources) {
    const door = path.split("/").length === 2;
    const room = door ? "options" : path.split("/")[1];
    for (const [, name] of read(path).matchAll(/^export (?:abstract |async )*(?:function|class|const|\* as) (\w+)/gm))
      rooms.set(name, room);
  }
  return rooms;
}

/** Members that no user calls, of all classes. */
function hiddenMembers(): Set<string> {
  const hidden = new Set<string>(["constructor"]);
  const MEMBER = /(?:(?:protected|override|static|async|abstract|get|set|readonly) )*(\w+)/;
  for (const path of sources) {
    const text = read(path);
    for (const [, name] of text.matchAll(new RegExp(`@internal(?:(?!\\*/)[\\s\\S])*\\*/\\s*${MEMBER.source}`, "g"))) hidden.add(name);
    for (const [, name] of text.matchAll(/^ {2}protected (?:(?:override|static|async|abstract|get|set|readonly) )*(\w+)/gm))
      hidden.add(name);
  }
  return hidden;
}

/** Everything public that can be called, with the calls that the documentation's examples make. */
export async function record(): Promise<Subject[]> {
  const rooms = roomsOf();
  const hidden = hiddenMembers();
  const subjects = new Map<string, Subject>();
  const instances = new Map<object, object[]>();
  const declared = new Map<string, Set<string>>();
  let depth = 0;

  const subject = (name: string, room: string, call: Subject["call"]): Subject => {
    const made: Subject = { name, room, call, right: [], asynchronous: false, options: [] };
    subjects.set(name, made);
    return made;
  };
  const noted = (made: Subject, self: unknown, args: readonly unknown[], run: () => unknown): unknown => {
    if (depth === 0 && made.right.length < KEPT) made.right.push({ self, args });
    depth++;
    try {
      const result = run();
      if (typeof (result as { then?: unknown } | null)?.then === "function") made.asynchronous = true;
      return result;
    } finally {
      depth--;
    }
  };
  const keep = (instance: object): void => {
    for (let p: object | null = Object.getPrototypeOf(instance); p !== null && p !== Object.prototype; p = Object.getPrototypeOf(p)) {
      const list = instances.get(p) ?? [];
      if (list.length < KEPT && !list.includes(instance)) list.push(instance);
      instances.set(p, list);
    }
  };

  const recording = (name: string, value: unknown, room: string): unknown => {
    if (isClass(value)) {
      const made = subject(`new ${name}`, room, (_, args) => Reflect.construct(value, args));
      return new Proxy(value, {
        construct: (target, args, newTarget) => {
          const instance = noted(made, undefined, args, () => Reflect.construct(target, args, newTarget)) as object;
          keep(instance);
          return instance;
        },
      });
    }
    if (typeof value === "function") {
      const made = subject(name, room, (_, args) => (value as Callable)(...args));
      return new Proxy(value, { apply: (target, self, args) => noted(made, undefined, args, () => Reflect.apply(target, self, args)) });
    }
    if (typeof value !== "object" || value === null) return value;
    // A namespace; what is exported by itself too is looked at there.
    const members = Object.entries(value).filter(([key]) => !Object.hasOwn(library, key));
    return { ...value, ...Object.fromEntries(members.map(([key, member]) => [key, recording(`${name}.${key}`, member, room)])) };
  };

  const restore: (() => void)[] = [];
  const replace = (target: object, key: string, descriptor: PropertyDescriptor): void => {
    const before = Object.getOwnPropertyDescriptor(target, key) as PropertyDescriptor;
    Object.defineProperty(target, key, descriptor);
    restore.push(() => Object.defineProperty(target, key, before));
  };

  const { Tensor } = library;
  for (const [name, value] of Object.entries(library)) {
    if (!isClass(value)) continue;
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value.prototype))) {
      if (hidden.has(key) || HOOK.test(key)) continue;
      const room = (value === (Tensor as unknown) ? rooms.get(key) : undefined) ?? rooms.get(name) ?? "tensor";
      if (descriptor.set !== undefined) {
        const { set } = descriptor;
        subject(`${name}.${key} =`, room, (self, args) => Reflect.apply(set, self, args.slice(0, 1)));
      } else if (typeof descriptor.value === "function") {
        const method = descriptor.value as Callable;
        // An instance may have it wrapped, as modules have forward and build.
        const of = (self: unknown): Callable => (Object.hasOwn(self as object, key) ? (self as Record<string, Callable>)[key] : method);
        const made = subject(`${name}.${key}`, room, (self, args) => of(self).apply(self, args as unknown[]));
        const noting = function (this: object, ...args: unknown[]): unknown {
          if (depth === 0) keep(this);
          return noted(made, this, args, () => method.apply(this, args));
        };
        Object.defineProperty(noting, "length", { value: method.length });
        replace(value.prototype, key, { ...descriptor, value: noting });
      }
    }
  }
  const notes = (declaration: Declaration<Declared, Declared>): void => {
    const names = declared.get(declaration.op) ?? new Set();
    for (const option of Object.keys(declaration.options)) names.add(option);
    declared.set(declaration.op, names);
  };
  for (const key of ["read", "readOptions"] as const) {
    const method = Declarations.prototype[key] as Callable;
    replace(Declarations.prototype, key, {
      configurable: true,
      writable: true,
      value(this: Declaration<Declared, Declared>, ...args: unknown[]) {
        notes(this);
        return method.apply(this, args);
      },
    });
  }

  const instrumented: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(library)) {
    const isError = isClass(value) && value.prototype instanceof Error;
    instrumented[name] = isError ? value : recording(name, value, rooms.get(name) ?? "tensor");
  }
  const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (...values: unknown[]) => Promise<unknown>;
  try {
    for (const { examples } of sources.flatMap(documented)) {
      for (const code of examples) {
        if (/load(Fashion)?Mnist\(/.test(code)) continue;
        depth = 1;
        const names = { ...instrumented, ...scope(code) };
        for (const value of Object.values(names)) if (typeof value === "object" && value !== null) keep(value);
        depth = 0;
        const run = new AsyncFunction(...Object.keys(names), `"use strict"; {\n${code}\n}`);
        // Some show an error; that all run is tested with the documentation.
        await run(...Object.values(names)).catch(() => {});
      }
    }
  } finally {
    for (const undo of restore.reverse()) undo();
    // Instances keep the forward that they were made with: what it is called with from now on is wrong.
    depth = 1;
  }

  for (const made of subjects.values()) {
    const [owner, member] = made.name.replace("new ", "").replace(" =", "").split(".");
    made.options = [...(declared.get(member ?? owner) ?? [])];
    if (made.right.length > 0) continue;
    // An operation's function and method take the same.
    const twin = subjects.get(member === undefined ? `Tensor.${owner}` : owner === "Tensor" ? member : "");
    const ofTwin = twin?.right ?? [];
    if (member === undefined) made.right.push(...ofTwin.map(({ self, args }) => ({ self: undefined, args: [self, ...args] })));
    else
      made.right.push(
        ...ofTwin.filter(({ args }) => args[0] instanceof Tensor).map(({ args }) => ({ self: args[0], args: args.slice(1) })),
      );
    if (made.right.length > 0 || member === undefined || made.name.startsWith("new ")) continue;
    const prototype = (library[owner as keyof typeof library] as { prototype?: object }).prototype;
    for (const self of instances.get(prototype ?? {}) ?? []) made.right.push({ self, args: [] });
  }
  return [...subjects.values()];
}

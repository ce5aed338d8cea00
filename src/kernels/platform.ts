/**
 * What is asked of the platform: its environment, and Node's own modules. These (Deno and Bun have them too) are asked of the process
 * and never imported, so that bundlers for browsers find nothing to resolve.
 */

interface Process {
  env?: Record<string, string | undefined>;
  getBuiltinModule?(id: string): unknown;
}

/** A module of Node's own, undefined in browsers. */
export function builtin<T>(id: string): T | undefined {
  const { process } = globalThis as { process?: Process };
  return process?.getBuiltinModule?.(id) as T | undefined;
}

/** A variable of the environment that is set and not empty. */
export function variable(name: string): string | undefined {
  return (globalThis as { process?: Process }).process?.env?.[name] || undefined;
}

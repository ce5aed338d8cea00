import type { Module } from "../nn/module.js";

/** The fields that change by themselves from step to step, of every module, as they are now. @returns a function that sets them so again */
export function keepMoving(model: Module): () => void {
  const kept = [...model.namedModules().values()].map((module) => {
    const names = (module.constructor as typeof Module).moving;
    const fields = Object.fromEntries(names.map((name) => [name, (module as unknown as Record<string, unknown>)[name]]));
    return { module, fields };
  });
  return () => {
    for (const { module, fields } of kept) Object.assign(module, fields);
  };
}

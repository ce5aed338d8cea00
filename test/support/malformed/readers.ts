import type { Reader } from "./reader.js";
import { config } from "./rows/config.js";
import { dataSets } from "./rows/dataSets.js";
import { images } from "./rows/images.js";
import { models } from "./rows/models.js";
import { tables } from "./rows/tables.js";
import { tensors } from "./rows/tensors.js";

/** Every reader of the library. */
export const readers: readonly Reader[] = [...dataSets, ...tensors, ...models, ...images, ...tables, ...config];

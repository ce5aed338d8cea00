import { buildPages } from "../../scripts/pages.mjs";

/** Bundles the pages before the tests, unless they are fresh. */
export default async function setup(): Promise<void> {
  await buildPages();
}

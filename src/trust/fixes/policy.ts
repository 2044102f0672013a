import type { Rendering } from "./rendering.ts";

/** The document itself. */
export const policy: Rendering = {
  name: "policy",
  contentOf: ({ document }) => `${JSON.stringify(document, null, 2)}\n`,
};

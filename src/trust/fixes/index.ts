import { cli } from "./cli.ts";
import { cloudformation } from "./cloudformation.ts";
import { policy } from "./policy.ts";
import type { Rendering } from "./rendering.ts";
import { terraform } from "./terraform.ts";

export { nameOf, type Fixed } from "./rendering.ts";

/** The ways in which a correction can be had, by the names that `--fix` takes. */
export const RENDERINGS: readonly Rendering[] = [policy, cli, cloudformation, terraform];

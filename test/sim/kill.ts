import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { simulateAside } from "./aside.ts";
import type { Mutant } from "./mutants.ts";
import type { Run } from "./run.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** All that a simulation runs on. */
const PARTS = ["src", "test/sim", "test/stores/memory-table.ts", "examples/vendor", "package.json"];

/**
 * Simulates a mutated copy of the source until a seed goes wrong. Answers what the run came to; `failure` null: it
 * survived. Throws where the mutant does not run at all, or its edit finds no place, which is no kill.
 */
export async function hunt({ name, edits }: Mutant, seeds: number): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), "mutant-"));
  try {
    for (const part of PARTS) await cp(join(ROOT, part), join(folder, part), { recursive: true });
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    for (const { file, find, put } of edits) {
      const path = join(folder, file);
      const before = await readFile(path, "utf8");
      if (before.split(find).length !== 2) throw new Error(`mutant "${name}": no one place for it in ${file}`);
      await writeFile(
        path,
        before.replace(find, () => put),
      );
    }
    return await simulateAside({ from: 1, seeds, step: 1 }, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

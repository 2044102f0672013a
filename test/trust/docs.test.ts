import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

test("docs/trust.md has every finding that the auditor can make, and no other", () => {
  const folder = join(ROOT, "src/trust/findings");
  const made = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/\bid: "([a-z-]+)"/g)].map(([, id]) => id),
  );
  const table = readFileSync(join(ROOT, "docs/trust.md"), "utf8").split("## Findings")[1]?.split("\n## ")[0] ?? "";
  const documented = [...table.matchAll(/^\| `([a-z-]+)`/gm)].map(([, id]) => id);
  expect(made.length).toBeGreaterThan(15);
  expect(documented.sort()).toEqual([...new Set(made)].sort());
});

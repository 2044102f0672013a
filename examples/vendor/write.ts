import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { deliveryFiles } from "./delivery.ts";
import { PAPERS } from "./papers.ts";
import { keyFileOf } from "../../src/simulate/papers.ts";
import { sampleVendor } from "./sample.ts";

/** `node examples/vendor/write.ts FOLDER`: the sample vendor as files, to try the command line on. */
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node examples/vendor/write.ts FOLDER");
  process.exit(2);
}

const sample = sampleVendor({ seed: 1, tenants: 100, startMs: Date.parse("2026-11-19T00:00:00Z"), days: 2 });
const files = deliveryFiles(sample.records);

await mkdir(folder, { recursive: true });
await writeFile(join(folder, PAPERS.config), sample.config);
await writeFile(join(folder, PAPERS.tenants), sample.tenants);
await writeFile(join(folder, PAPERS.ranges), sample.ranges);
await writeFile(join(folder, PAPERS.key), keyFileOf(sample.key), { mode: 0o600 });
for (const { key, body } of files) {
  const path = join(folder, "trail", key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, body);
}

console.error(`${sample.records.length} records in ${files.length} files. What is wrong in them:`);
for (const { detector, tenant } of sample.expected)
  console.error(`  ${detector}${tenant === null ? "" : ` (${tenant})`}`);
console.error(`Find it: npm run cli -- replay ${join(folder, "trail")} --config ${join(folder, PAPERS.config)}`);

import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { settingsFrom, type Settings } from "../../src/pipeline/settings.ts";
import { PAPERS } from "../vendor/papers.ts";
import { keyFileOf } from "../../src/simulate/papers.ts";
import type { SampleVendor } from "../vendor/sample.ts";

/** Where alerts go: one topic for the SOC, one for each tenant. */
export interface Topics {
  readonly socArn: string;
  readonly arnOf: (tenant: string) => string;
}

/** What the sample vendor's configuration is written from. */
export type Papers = Pick<SampleVendor, "config" | "tenants" | "ranges" | "key">;

/** Writes the sample vendor's configuration into `folder`, with these topics in it, and loads it as the product does. */
export async function settingsIn(folder: string, sample: Papers, topics: Topics): Promise<Settings> {
  const path = join(folder, PAPERS.config);
  await writeFile(path, `${sample.config}channels: { soc: { topic: "${topics.socArn}" } }\n`);
  await writeFile(join(folder, PAPERS.tenants), withFeeds(sample.tenants, topics));
  await writeFile(join(folder, PAPERS.ranges), sample.ranges);
  await writeFile(join(folder, PAPERS.key), keyFileOf(sample.key), { mode: 0o600 });
  const loaded = await loadConfig(path, {
    nowMs: Date.now(),
    env: {},
    detectorIds: DETECTORS.map(({ id }) => id),
    readFile: (name) => readFile(name, "utf8"),
  });
  return settingsFrom(loaded, DETECTORS, randomBytes(32));
}

function withFeeds(tenants: string, { arnOf }: Topics): string {
  return tenants
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const role = JSON.parse(line) as { tenant: string };
      return `${JSON.stringify({ ...role, feedTopicArn: arnOf(role.tenant) })}\n`;
    })
    .join("");
}

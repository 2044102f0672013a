import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settingsIn } from "../../examples/live/papers.ts";
import { VENDOR_ACCOUNT, type Estate } from "../../examples/vendor/estate.ts";
import { configOf, rangesOf, tenantsOf } from "../../examples/vendor/papers.ts";
import { sampleKey } from "../../examples/vendor/sample.ts";
import type { Settings } from "../../src/pipeline/settings.ts";

/** An estate's own configuration, loaded as the product does. */
export async function settingsOfEstate(estate: Estate, startMs: number): Promise<Settings> {
  const folder = await mkdtemp(join(tmpdir(), "estate-"));
  try {
    const key = sampleKey(36);
    const papers = {
      key,
      config: configOf(estate),
      tenants: tenantsOf(estate, key, startMs),
      ranges: rangesOf(startMs),
    };
    const arnOf = (name: string): string => `arn:aws:sns:us-east-1:${VENDOR_ACCOUNT}:${name}`;
    return await settingsIn(folder, papers, { socArn: arnOf("soc"), arnOf });
  } finally {
    await rm(folder, { recursive: true });
  }
}

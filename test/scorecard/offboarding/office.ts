import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Desk } from "../../../src/pipeline/tenancy/desk.ts";
import { estateKey, PAPERS } from "../../../src/simulate/papers.ts";
import type { Estate } from "../../../src/simulate/estate.ts";
import { fileRegistrations } from "../../../src/stores/registrations/file.ts";
import { fileVault } from "../../../src/stores/vault/file.ts";
import { digester } from "../../../src/trail/external-id.ts";

/** A desk whose registry and vault are files, and whose clock the test moves. */
export interface Office {
  readonly desk: Desk;
  readonly clock: { nowMs: number };
  /** Feeds that were closed. */
  readonly closed: ReadonlySet<string>;
  readonly bytes: () => Promise<Buffer>;
  readonly copy: () => Promise<Office>;
  readonly remove: () => Promise<void>;
}

/** The desk of an estate: its registry as it stands, every ID that is in it in the vault. */
export async function officeOf(estate: Estate, tenants: string, nowMs: number): Promise<Office> {
  const folder = await mkdtemp(join(tmpdir(), "offboarding-"));
  await writeFile(join(folder, PAPERS.tenants), tenants);
  const key = estateKey(estate);
  const office = officeIn(folder, key, { nowMs });
  const { externalId: digest } = digester(key);
  const ids = estate.customers.flatMap(({ externalId, former }) => [
    externalId,
    ...(former === null ? [] : [former.externalId]),
  ]);
  await office.desk.vault.keep(new Map(ids.map((id) => [digest(id), id])));
  return office;
}

function officeIn(folder: string, key: Uint8Array, clock: { nowMs: number }): Office {
  const closed = new Set<string>();
  const vault = fileVault(join(folder, "external-ids.vault"), key);
  const registrations = fileRegistrations(join(folder, PAPERS.tenants));
  return {
    desk: {
      ...{ registrations, vault, digester: digester(key), rolePrefix: "Vendor", partition: "aws" },
      closeFeed: (topicArn) => Promise.resolve(void closed.add(topicArn)),
      report: () => Promise.resolve(),
      now: () => clock.nowMs,
    },
    ...{ clock, closed },
    bytes: async () => {
      const files = await readdir(folder);
      return Buffer.concat(await Promise.all(files.map((file) => readFile(join(folder, file)))));
    },
    copy: async () => {
      await vault.forget([]);
      const to = await mkdtemp(join(tmpdir(), "offboarding-"));
      await cp(folder, to, { recursive: true });
      return officeIn(to, key, { ...clock });
    },
    remove: async () => {
      await vault.close();
      await rm(folder, { recursive: true });
    },
  };
}

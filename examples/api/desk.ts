import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OnboardingWorld } from "../../src/api/route.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { report } from "../../src/pipeline/report.ts";
import { settingsFrom } from "../../src/pipeline/settings.ts";
import type { Outbox } from "../../src/stores/outbox/outbox.ts";
import { sqliteOutbox } from "../../src/stores/outbox/sqlite.ts";
import { fileRegistrations } from "../../src/stores/registrations/file.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { fileVault } from "../../src/stores/vault/file.ts";
import { memoryRate } from "../../src/stores/rate/memory.ts";

/** A vendor's desk on one machine. */
export interface LocalDesk extends OnboardingWorld {
  readonly outbox: Outbox;
  readonly close: () => Promise<void>;
}

const DAY_MS = 86_400_000;
const RATE = { burst: 120, perMinute: 120 } as const;

/**
 * A desk in a folder: registrations, vault, alerts that wait to be told, and the keys that were made for it, which are
 * worth as much as the vault. There is no role here to try customers' roles from, so a verification says that.
 */
export async function localDesk(folder: string): Promise<LocalDesk> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const settings = settingsFrom(null, DETECTORS, await keyIn(join(folder, "external-id.key")));
  const memory = join(folder, "memory.sqlite");
  const store = sqliteStore(memory);
  const outbox = sqliteOutbox(memory);
  const vault = fileVault(join(folder, "vault.sqlite"), await keyIn(join(folder, "vault.key")));
  const registrations = fileRegistrations(join(folder, "tenants.ndjson"));
  return {
    desk: {
      ...{ registrations, vault, digester: settings.digester, rolePrefix: "vendor-integration", partition: "aws" },
      closeFeed: () => Promise.resolve(),
      report: (incidents) => report(incidents, { settings, store, outbox }),
      now: Date.now,
    },
    verify: () => Promise.resolve({ verdict: "unclear", why: "a local desk has no role to try customers' roles from" }),
    rate: memoryRate(RATE),
    ...{ overlapMs: 7 * DAY_MS, claim: "tenant" },
    outbox,
    close: async () => {
      await Promise.all([registrations.close(), vault.close(), outbox.close(), store.close()]);
    },
  };
}

/** A key that was made here before, or now. */
async function keyIn(path: string): Promise<Uint8Array> {
  try {
    await writeFile(path, randomBytes(32).toString("base64"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return new Uint8Array(Buffer.from(await readFile(path, "utf8"), "base64"));
}

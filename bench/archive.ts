import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { otherCall, serviceAssumption } from "../src/simulate/noise.ts";
import { entryAt, sessionNameFor, type Story } from "../examples/vendor/crossing.ts";
import { objectKey } from "../src/simulate/delivery.ts";
import { dice, type Dice } from "../src/simulate/dice.ts";
import { estateOf, HOMES, HOUR_MS, VENDOR_ACCOUNT, type Customer, type Home } from "../examples/vendor/estate.ts";
import { configOf, PAPERS, rangesOf, tenantsOf } from "../examples/vendor/papers.ts";
import { keyFileOf } from "../src/simulate/papers.ts";
import { assumeRole, expirationTime, isoTime, type Session } from "../src/simulate/record.ts";
import { sampleKey } from "../examples/vendor/sample.ts";

/** What is to be written. */
export interface ArchiveOptions {
  /** Records in all, apart from the few by which the workers enter the outbound role. */
  readonly calls: number;
  /** Customers, each of whom is entered once an hour: the archive spans the hours that this takes. */
  readonly accounts: number;
  /** `cross-account`: 9 of 10 records enter a customer's role. `mixed`: 3 of 100, as in a busy account. */
  readonly mix: "cross-account" | "mixed";
  readonly seed: number;
}

/** What was written; `bytes` of JSON, before gzip. */
export interface ArchiveSize {
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
}

const START_MS = Date.parse("2026-11-01T00:00:00Z");
const RECORDS_A_FILE = 400;
const SHARE = { "cross-account": 0.9, mixed: 0.03 } as const;

const deflate = promisify(gzip);

/**
 * Writes a quiet trail of any length: `folder/trail` in CloudTrail's layout, the sample's configuration beside it.
 * Memory is bounded by one file a region; equal options write equal bytes.
 */
export async function writeArchive(
  folder: string,
  { calls, accounts, mix, seed }: ArchiveOptions,
): Promise<ArchiveSize> {
  const estate = estateOf(seed, accounts);
  const [, poller] = estate.workloads;
  const story: Story = { seed, estate, startMs: START_MS, days: Infinity };
  await writePapers(folder, story);

  const share = SHARE[mix];
  const others = HOMES.map((home) => noise(home, mix === "mixed" ? 0 : 0.5, dice(seed, `noise ${home.region}`)));
  const crossing = crossingWriter(story, dice(seed, "pool"));
  const files = HOMES.map(({ region }) => fileWriter(join(folder, "trail"), region));
  let hour = -1;
  let sessions: readonly Session[] = [];
  for (let index = 0; index < calls; index++) {
    const timeMs = START_MS + Math.floor((index * share * HOUR_MS) / accounts);
    if (Math.floor((timeMs - START_MS) / HOUR_MS) > hour) {
      hour = Math.floor((timeMs - START_MS) / HOUR_MS);
      const entries = HOMES.map((home) => entryAt(story, poller, home, timeMs));
      sessions = entries.map(({ session }) => session);
      for (const [at, { record }] of entries.entries()) await files[at]!.add(JSON.stringify(record), timeMs);
    }
    const crossed = Math.floor(index * share);
    const isCrossing = Math.floor((index + 1) * share) > crossed;
    const customer = estate.customers[crossed % accounts]!;
    const at = isCrossing ? HOMES.indexOf(customer.home) : index % HOMES.length;
    await files[at]!.add(
      isCrossing ? crossing(index, timeMs, customer, sessions[at]!) : others[at]!(index, timeMs),
      timeMs,
    );
  }
  const sizes = await Promise.all(files.map((file) => file.close()));
  return sizes.reduce((a, b) => ({
    files: a.files + b.files,
    records: a.records + b.records,
    bytes: a.bytes + b.bytes,
  }));
}

async function writePapers(folder: string, { estate, seed }: Story): Promise<void> {
  const key = sampleKey(seed);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, PAPERS.config), configOf(estate, 2));
  await writeFile(join(folder, PAPERS.tenants), tenantsOf(estate, key, START_MS));
  await writeFile(join(folder, PAPERS.ranges), rangesOf(START_MS));
  await writeFile(join(folder, PAPERS.key), keyFileOf(key), { mode: 0o600 });
}

/** One region's files, of `RECORDS_A_FILE` each; a file is compressed while the next one is being filled. */
function fileWriter(folder: string, region: string) {
  const size = { files: 0, records: 0, bytes: 0 };
  let lines: string[] = [];
  let lastMs = START_MS;
  let writing: Promise<void> = Promise.resolve();

  const write = async (key: string, text: string): Promise<void> => {
    const path = join(folder, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await deflate(text, { level: constants.Z_BEST_SPEED }));
  };
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const text = `{"Records":[${lines.join(",")}]}`;
    const key = objectKey(VENDOR_ACCOUNT, region, lastMs + 300_000, size.files.toString(36).padStart(16, "0"));
    size.files++;
    size.records += lines.length;
    size.bytes += Buffer.byteLength(text);
    lines = [];
    await writing;
    writing = write(key, text);
  };
  return {
    add: async (line: string, timeMs: number): Promise<void> => {
      lines.push(line);
      lastMs = timeMs;
      if (lines.length === RECORDS_A_FILE) await flush();
    },
    close: async (): Promise<ArchiveSize> => {
      await flush();
      await writing;
      return size;
    },
  };
}

/** Hop 2 by the template: what differs from call to call is filled in, the rest is copied. */
function crossingWriter(story: Story, chance: Dice) {
  const [, poller] = story.estate.workloads;
  const hexPool = chance.hex(1 << 20);
  const tokenPool = chance.bytes(1 << 20).toString("base64");
  const byHome = new Map(HOMES.map((home) => [home, crossingTemplate(story, home, chance)]));
  return (index: number, timeMs: number, customer: Customer, session: Session): string => {
    const at = chance.below(hexPool.length - 64);
    const uuid = (kind: number): string =>
      `${index.toString(16).padStart(8, "0")}-${hexPool.slice(at, at + 4)}-4${hexPool.slice(at + 4, at + 7)}-${"89ab"[kind]!}${hexPool.slice(at + 7, at + 10)}-${hexPool.slice(at + 10, at + 22)}`;
    return byHome.get(customer.home)!({
      account: customer.account,
      path: customer.role.arn.slice(customer.role.arn.indexOf("/") + 1, customer.role.arn.lastIndexOf("/") + 1),
      roleName: customer.role.arn.slice(customer.role.arn.lastIndexOf("/") + 1),
      roleId: customer.role.id,
      externalId: customer.externalId,
      sessionName: sessionNameFor(poller, customer, hexPool.slice(at + 32, at + 40)),
      callerKey: session.accessKeyId,
      entered: isoTime(session.createdMs),
      time: isoTime(timeMs),
      expiration: expirationTime(timeMs + HOUR_MS),
      issuedKey: `ASIA${index.toString(32).toUpperCase().padStart(16, "A")}`,
      token: tokenPool.slice(at, at + 757),
      requestID: uuid(0),
      eventID: uuid(1),
      sharedEventID: uuid(2),
    });
  };
}

/** A real record of the sample with marks in the place of what changes. */
function crossingTemplate(story: Story, home: Home, chance: Dice): Template {
  const [, poller] = story.estate.workloads;
  const { session } = entryAt(story, poller, home, START_MS);
  const { record, issued } = assumeRole(
    {
      timeMs: START_MS,
      caller: { ...session, accessKeyId: "«callerKey»" },
      role: { arn: "arn:aws:iam::«account»:role/«path»/«roleName»", id: "«roleId»" },
      sessionName: "«sessionName»",
      externalId: "«externalId»",
      region: home.region,
      address: home.natAddresses[0],
      userAgent: poller.userAgent,
    },
    chance,
  );
  const text = JSON.stringify({
    ...record,
    eventTime: "«time»",
    requestID: "«requestID»",
    eventID: "«eventID»",
    sharedEventID: "«sharedEventID»",
  });
  return template(
    text
      .replaceAll("«path»/", "«path»")
      .replace(issued.accessKeyId, "«issuedKey»")
      .replace(/(?<="sessionToken":"IQoJb3JpZ2luX2VjEXAMPLE)[^"]*/, "«token»")
      .replace(expirationTime(START_MS + HOUR_MS), "«expiration»")
      .replace(isoTime(session.createdMs), "«entered»"),
  );
}

/** One of a hundred other records, with its time and its own ID; `services` is the share of AWS services' AssumeRole. */
function noise(home: Home, services: number, chance: Dice): (index: number, timeMs: number) => string {
  const { region, natAddresses } = home;
  const templates = Array.from({ length: 100 }, (_, kind) => {
    const record =
      kind < services * 100
        ? serviceAssumption(START_MS, region, chance)
        : otherCall(START_MS, region, natAddresses[0], chance);
    return template(
      JSON.stringify({ ...record, eventTime: "«time»", eventID: `${record.eventID.slice(0, 28)}«serial»` }),
    );
  });
  return (index, timeMs) =>
    chance.pick(templates)({ time: isoTime(timeMs), serial: index.toString(16).padStart(8, "0") });
}

type Template = (values: Readonly<Record<string, string>>) => string;

/** Text with «names» to be filled in. */
function template(text: string): Template {
  const parts = text.split(/«(\w+)»/);
  return (values) => parts.map((part, at) => (at % 2 === 0 ? part : values[part])).join("");
}

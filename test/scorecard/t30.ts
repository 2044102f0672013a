import { generateKeyPairSync } from "node:crypto";
import type { Settings } from "../../src/pipeline/settings.ts";
import { isSigned, signerWith } from "../../src/pipeline/tenancy/sign.ts";
import type { Purging } from "../../src/pipeline/tenancy/purge.ts";
import { offboard } from "../../src/pipeline/tenancy/offboard.ts";
import { purge } from "../../src/pipeline/tenancy/purge.ts";
import type { Estate } from "../../src/simulate/estate.ts";
import { PAPERS } from "../../src/simulate/papers.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { DAY_MS } from "../../src/simulate/time.ts";
import { buildRegistry } from "../../src/tenants/registry.ts";
import type { DeletionRecord } from "../../src/tenants/deletion.ts";
import { startDynamoDbLocal, whyNoDynamoDb } from "../stores/dynamodb-local.ts";
import { sized, type Outcome, type ScorecardTest, type Sizing } from "./card.ts";
import { worldFor } from "./live-world.ts";
import { dynamodbGround, sqliteGround, type Ground } from "./offboarding/ground.ts";
import { estateLeft, LEAVING, namesOfLeaving } from "./offboarding/leaving.ts";
import { counting, dyingWithin, fuse, KILLED, mortalDesk, mortalPurging } from "./offboarding/mortal.ts";
import { officeOf, type Office } from "./offboarding/office.ts";
import { scannerFor, type Scanner } from "./secrets/scanner.ts";
import { lived } from "./tenancy/lived.ts";
import { alertIn, listener } from "./tenancy/listener.ts";
import { endOf, feedTopics, papersOf, recordsOf, settingsOf, SOC_TOPIC } from "./tenancy/simulated.ts";
import { worst } from "./verdict.ts";

const ESTATES = 5;
const MORE_ATTACKS = 80;
/** So many times a purge is killed in its midst, and not between two of its writes. */
const DEATHS_WITHIN = 4;
const WINDOW_MS = 30 * DAY_MS;

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const PUBLIC = publicKey.export({ type: "spki", format: "pem" }).toString();
const SIGN = signerWith(privateKey.export({ type: "pkcs8", format: "der" }));

export const t30: ScorecardTest = {
  id: "T30",
  part: "C",
  title:
    "whoever leaves an estate under attack leaves no byte behind, and others as they were, wherever the purge dies",
  run: async (sizing) => {
    const outcomes: Outcome[] = [];
    for (let at = 0; at < sized(ESTATES, sizing); at++) {
      const story = await storyOf(sizing.seed + at);
      outcomes.push(await left(story, await sqliteGround(), "SQLite"));
      if (at === 0) outcomes.push(await leftDynamodb(story, sizing));
    }
    return worst(outcomes as [Outcome, ...Outcome[]]);
  },
};

/** DynamoDB Local takes its time: the flood, which is most of the estate's records, is left out there. */
async function leftDynamodb(story: Story, { scale, quick }: Sizing): Promise<Outcome> {
  const why = whyNoDynamoDb() ?? (scale < 0.1 ? "too small a run to start DynamoDB Local" : null);
  if (why !== null) return { verdict: "PASS", figure: 0, unit: "deaths", detail: `without DynamoDB: ${why}` };
  const local = await startDynamoDbLocal();
  try {
    const records = [...recordsOf(story.estate, MORE_ATTACKS, ["A10", "A10-cover"])];
    return await left(
      { ...story, records },
      await dynamodbGround(local, endOf(story.estate)),
      "DynamoDB",
      quick ? 3 : 1,
    );
  } finally {
    await local.stop();
  }
}

interface Story {
  readonly estate: Estate;
  readonly records: readonly TrailRecord[];
  readonly tenants: string;
  readonly settings: Settings;
  readonly names: Scanner;
}

async function storyOf(seed: number): Promise<Story> {
  const estate = estateLeft(seed);
  const papers = papersOf(estate);
  const settings = await settingsOf(estate, papers);
  const records = [...recordsOf(estate, MORE_ATTACKS)];
  return { estate, records, tenants: papers[PAPERS.tenants], settings, names: scannerFor(namesOfLeaving(estate)) };
}

/**
 * The whole life of it on one ground: attacks, the departure, the window, the purge, and what is found afterwards. Of the
 * moments at which it may die every `step`th is tried.
 */
async function left(story: Story, ground: Ground, where: string, step = 1): Promise<Outcome> {
  const { estate, records, settings, names } = story;
  const office = await officeOf(estate, story.tenants, endOf(estate));
  const faults: string[] = [];
  const expect = (holds: boolean, otherwise: string): void => {
    if (!holds) faults.push(otherwise);
  };
  try {
    const live = listener();
    const lasting = ground.open();
    await lived(records, settings, live.sns, { ...worldFor(settings), ...lasting });
    await lasting.store.close();
    await lasting.outbox.close();
    const ownFeed = feedTopics(estate).get(LEAVING) ?? "";
    // Who left before is gone by now.
    await purge(office.desk, { ...purgingOn(ground), afterMs: 0 });
    const before = await ground.rows();
    const namedBefore = names.namesIn(Buffer.concat([await ground.bytes(), await office.bytes()]));

    await departed(office);
    expect(office.closed.has(ownFeed), "the feed was not closed");
    expect((await purged(office, ground)).length === 0, "a purge before its time deleted something");
    expect(isSame(before, await ground.rows()), "a purge before its time changed something");
    const onTheirWay = await replayedTo(settings, office, records);
    expect((onTheirWay.heard.get(ownFeed) ?? []).length === 0, "a closed feed was told something");

    const undead = { office: await office.copy(), ground: await ground.copy() };
    office.clock.nowMs += WINDOW_MS;
    const counted = counting(ground.purge);
    const deletions = await purged(office, { ...ground, purge: counted.purge });
    const rows = await ground.rows();
    const found = names.namesIn(Buffer.concat([await ground.bytes(), await office.bytes()]));
    expect(found.length === 0, `there is still ${found.join(", ")}: ${sightOf(rows, names)}`);
    const changed = [...before].filter(([key, row]) => !namesIn(names, `${key} ${row}`) && rows.get(key) !== row);
    expect(changed.length === 0, `of others ${changed.length} rows changed, first ${changed[0]?.[0] ?? ""}`);
    faults.push(...faultsOf(deletions));

    const again = await replayedTo(settings, office, records);
    for (const [topic, messages] of again.heard) {
      if (topic === SOC_TOPIC) continue;
      const told = names.namesIn(Buffer.from(messages.join("\n")));
      expect(told.length === 0, `a replay told the feed ${topic} ${told.join(", ")}`);
    }
    const about = (again.heard.get(SOC_TOPIC) ?? []).filter((message) => namesIn(names, message)).map(alertIn);
    expect(
      about.every(({ tenant }) => tenant !== LEAVING),
      "a replay still knows whose accounts they were",
    );

    const ends = await endOfAll(office, ground);
    let deaths = 0;
    const revived = async (kill: (office: Office, ground: Ground) => Promise<boolean>): Promise<boolean> => {
      const [copy, onto] = [await undead.office.copy(), await undead.ground.copy()];
      try {
        copy.clock.nowMs = office.clock.nowMs;
        if (!(await kill(copy, onto))) return false;
        deaths++;
        await purged(copy, onto);
        if ((await endOfAll(copy, onto)) !== ends) faults.push(`after death ${deaths} it does not end as it should`);
        return true;
      } finally {
        await copy.remove();
        await onto.remove();
      }
    };
    for (let moment = 0; ; moment += step) {
      const died = await revived(async (copy, onto) => {
        const killer = fuse(moment);
        await dying(() => purge(mortalDesk(copy.desk, killer), mortalPurging(purgingOn(onto), killer)));
        return killer.isBurnt();
      });
      if (!died) break;
    }
    for (let nth = 1; nth <= DEATHS_WITHIN; nth += step) {
      const texts = Math.floor((counted.asked() * nth) / (DEATHS_WITHIN + 1));
      await revived(async (copy, onto) => {
        await dying(() => purged(copy, { ...onto, purge: dyingWithin(onto.purge, texts) }));
        return true;
      });
    }
    await undead.office.remove();
    await undead.ground.remove();
    deaths += await dyingDepartures(story, faults);

    const enough =
      namedBefore.length >= 4 && (live.heard.get(ownFeed) ?? []).length > 0 && about.length > 0 && deaths > 8;
    return {
      verdict: faults.length > 0 ? "FAIL" : enough ? "PASS" : "VACUOUS",
      figure: deaths,
      unit: "deaths",
      detail: [
        `${where}: ${records.length} records, ${before.size} rows before and ${rows.size} after; there were ${namedBefore.join(", ")}; ` +
          `its feed had been told ${(live.heard.get(ownFeed) ?? []).length} alerts, a replay tells the SOC ${about.length}`,
        ...faults,
      ].join("\n"),
    };
  } finally {
    await office.remove();
    await ground.remove();
  }
}

/** Departures that die before and after each write, and are repeated: no secret stays. Answers for how many died. */
async function dyingDepartures({ estate, tenants, names }: Story, faults: string[]): Promise<number> {
  const start = await officeOf(estate, tenants, endOf(estate));
  try {
    for (let moment = 0; ; moment++) {
      const office = await start.copy();
      try {
        const killer = fuse(moment);
        await dying(() => offboard(({ tenant }) => tenant === LEAVING, mortalDesk(office.desk, killer)));
        if (!killer.isBurnt()) return moment;
        await departed(office);
        const own = (await office.desk.registrations.all()).filter(
          ({ registration }) => registration.tenant === LEAVING,
        );
        if (own.some(({ registration }) => registration.status !== "offboarded"))
          faults.push(`a departure that died at moment ${moment} is not made good`);
        const secrets = (await office.desk.vault.digests()).filter((digest) => namesIn(names, digest));
        if (secrets.length > 0)
          faults.push(`a departure that died at moment ${moment} leaves ${secrets.length} secrets`);
      } finally {
        await office.remove();
      }
    }
  } finally {
    await start.remove();
  }
}

function departed({ desk }: Office): Promise<unknown> {
  return offboard(({ tenant }) => tenant === LEAVING, desk);
}

function purgingOn({ purge: forget }: Pick<Ground, "purge">): Purging {
  return { purges: [forget], sign: SIGN, afterMs: WINDOW_MS };
}

function purged({ desk }: Office, ground: Pick<Ground, "purge">): Promise<readonly DeletionRecord[]> {
  return purge(desk, purgingOn(ground));
}

/** Whatever dies of anything but its fuse has failed. */
async function dying(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error) || !`${error.message} ${String(error.cause)}`.includes(KILLED)) throw error;
  }
}

/** The same history, judged by the registry as it stands now, in a memory of its own. */
async function replayedTo(settings: Settings, { desk }: Office, records: readonly TrailRecord[]) {
  const { registry } = buildRegistry((await desk.registrations.all()).map(({ registration }) => registration));
  if (registry === undefined) throw new Error("the registry contradicts itself");
  const told = listener();
  await lived(records, { ...settings, vendor: { ...settings.vendor, registry } }, told.sns);
  return told;
}

/** What is left of everything, as one text: without how much was removed, which a purge that died has partly done before. */
async function endOfAll({ desk }: Office, ground: Ground): Promise<string> {
  const rows = [...(await ground.rows())].sort(([a], [b]) => (a < b ? -1 : 1));
  const registrations = (await desk.registrations.all()).map(({ registration }) => registration);
  const deletions = (await desk.registrations.deletions()).map(({ id, tenant, accounts }) => ({
    id,
    tenant,
    accounts,
  }));
  return JSON.stringify({ rows, registrations, deletions, digests: (await desk.vault.digests()).toSorted() });
}

function faultsOf([record, ...more]: readonly DeletionRecord[]): readonly string[] {
  if (record === undefined || more.length > 0) return ["there is not one deletion record"];
  const changes: Partial<DeletionRecord>[] = [
    { deleted: "2020-01-01T00:00:00Z" },
    { offboarded: "2020-01-01T00:00:00Z" },
    { accounts: record.accounts.slice(1) },
    { tenant: record.accounts[0] ?? "" },
    { id: `${record.id.slice(0, -1)}0${record.id.endsWith("0") ? "1" : ""}` },
    { removed: { ...record.removed, cells: (record.removed.cells ?? 0) + 1 } },
  ];
  return [
    ...(isSigned(record, PUBLIC) ? [] : ["the deletion record does not verify"]),
    ...changes
      .filter((change) => isSigned({ ...record, ...change }, PUBLIC))
      .map((change) => `a changed record verifies: ${Object.keys(change).join()}`),
    ...((record.removed.cells ?? 0) > 0 && (record.removed.alerts ?? 0) > 0 ? [] : ["the record counts nothing"]),
  ];
}

function namesIn(names: Scanner, text: string): boolean {
  return names.namesIn(Buffer.from(text)).length > 0;
}

/** The first row in which a name was found, cut to what helps. */
function sightOf(rows: ReadonlyMap<string, string>, names: Scanner): string {
  const row = [...rows].find(([key, value]) => namesIn(names, `${key} ${value}`));
  return row === undefined ? "in no row" : `${row[0]} ${row[1].slice(0, 300)}`;
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, row]) => other.get(key) === row);
}

import { basename } from "node:path";
import { loadConfig } from "../../../src/config/load.ts";
import { DETECTORS } from "../../../src/detectors/index.ts";
import { settingsFrom, type Settings } from "../../../src/pipeline/settings.ts";
import { DISGUISES } from "../../../src/simulate/attacks/disguises.ts";
import { EXTERNAL_IDS } from "../../../src/simulate/attacks/external-ids.ts";
import { PEOPLE } from "../../../src/simulate/attacks/people.ts";
import { attacksOn, type Attack } from "../../../src/simulate/attacks/schedule.ts";
import { STRANGERS } from "../../../src/simulate/attacks/strangers.ts";
import { THEFTS } from "../../../src/simulate/attacks/thefts.ts";
import { recordsOfDay } from "../../../src/simulate/day.ts";
import {
  awsRangesOf,
  configOf,
  estateKey,
  keyFileOf,
  PAPERS,
  rangesOf,
  tenantsOf,
} from "../../../src/simulate/papers.ts";
import type { Customer } from "../../../src/simulate/customer.ts";
import { dice } from "../../../src/simulate/dice.ts";
import { firstScoredDay, type Estate } from "../../../src/simulate/estate.ts";
import { VENDOR_ACCOUNT, type TrailRecord } from "../../../src/simulate/record.ts";
import { DAY_MS } from "../../../src/simulate/time.ts";

/** Midnight of the first simulated day, a Monday. */
export const START_MS = Date.UTC(2026, 10, 9);

/** Those that are upon one customer, or a few. */
const SINGLE = [...PEOPLE, ...THEFTS, ...DISGUISES, ...STRANGERS, ...EXTERNAL_IDS];

/**
 * Every record of an estate under attack, in the order of their times: each attack that there is, and `more` of those that
 * are upon one customer; without those that are named.
 */
export function* recordsOf(estate: Estate, more = 0, without: readonly string[] = []): Generator<TrailRecord> {
  const attacks = [
    ...attacksOn(estate, { ramp: null }).filter(({ recipe }) => !without.includes(recipe.id)),
    ...Array.from({ length: more }, (_, nth) => again(estate, nth)),
  ];
  for (let day = 0; day < estate.days; day++) for (const { record } of recordsOfDay(estate, attacks, day)) yield record;
}

/** One of the attacks upon one customer, once more, upon another. */
function again(estate: Estate, nth: number): Attack {
  const chance = dice(estate.seed, `once more ${nth}`);
  const recipe = chance.pick(SINGLE);
  const day = firstScoredDay(estate) + chance.below(estate.days - firstScoredDay(estate));
  const timeMs = estate.startMs + day * DAY_MS + chance.below(DAY_MS - recipe.spanMs);
  return { recipe: { ...recipe, id: `${recipe.id} once more ${nth}` }, strikesMs: [timeMs] };
}

export function endOf({ startMs, days }: Pick<Estate, "startMs" | "days">): number {
  return startMs + days * DAY_MS;
}

/** Where a topic of the vendor's is. */
export function topicArn(name: string): string {
  return `arn:aws:sns:us-east-1:${VENDOR_ACCOUNT}:${name}`;
}

export const SOC_TOPIC = topicArn("soc");

/** A tenant's own topic, named by its first account's place in the estate: whoever renames a tenant renames no topic. */
export function feedTopics({ customers }: Pick<Estate, "customers">): ReadonlyMap<string, string> {
  const first = new Map(customers.toReversed().map(({ tenant, index }) => [tenant, index]));
  return new Map([...first].map(([tenant, index]) => [tenant, topicArn(`feed-${index}`)]));
}

/** The vendor's files, by name: its configuration with a topic for the SOC, and a registry with one for each tenant. */
export function papersOf(estate: Estate, registered: readonly Customer[] = estate.customers) {
  const key = estateKey(estate);
  const topics = feedTopics(estate);
  const forwarding = new Set(registered.filter(({ forwardsTrail }) => forwardsTrail).map(({ account }) => account));
  const tenants = tenantsOf({ ...estate, customers: registered }, key, endOf(estate))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const role = JSON.parse(line) as { tenant: string; account: string };
      const more = { feedTopicArn: topics.get(role.tenant), forwardsTrail: forwarding.has(role.account) };
      return `${JSON.stringify({ ...role, ...more })}\n`;
    });
  return {
    [PAPERS.config]: `${configOf(estate)}channels: { soc: { topic: "${SOC_TOPIC}" } }\n`,
    [PAPERS.tenants]: tenants.join(""),
    [PAPERS.ranges]: rangesOf(estate),
    [PAPERS.aws]: awsRangesOf(estate),
    [PAPERS.key]: keyFileOf(key),
  };
}

/** The estate's own configuration, loaded as the product does. */
export async function settingsOf(estate: Estate, papers: Readonly<Record<string, string>>): Promise<Settings> {
  const loaded = await loadConfig(PAPERS.config, {
    nowMs: endOf(estate),
    env: {},
    detectorIds: DETECTORS.map(({ id }) => id),
    readFile: (path) => {
      const text = papers[basename(path)];
      return text === undefined ? Promise.reject(new Error(`no file ${basename(path)}`)) : Promise.resolve(text);
    },
  });
  return settingsFrom(loaded, DETECTORS, new Uint8Array(32));
}

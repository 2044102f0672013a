import { FORMATS } from "../../src/alerts/formats/format.ts";
import { encodeCell } from "../../src/memory/cell.ts";
import type { Settings } from "../../src/pipeline/settings.ts";
import { estateOf, FEWEST, type Estate } from "../../src/simulate/estate.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { sized, type Outcome, type ScorecardTest } from "./card.ts";
import { worldFor } from "./live-world.ts";
import { disguised } from "./tenancy/disguise.ts";
import { digestingAs, withIdsOf } from "./tenancy/external-ids.ts";
import { lived } from "./tenancy/lived.ts";
import { alertIn, listener } from "./tenancy/listener.ts";
import { feedTopics, papersOf, recordsOf, settingsOf, SOC_TOPIC, START_MS } from "./tenancy/simulated.ts";
import { worst } from "./verdict.ts";

const PAIRS = 40;
/** Of one estate so many tenants' feeds are compared, the busiest first. */
const FEEDS_AN_ESTATE = 4;
/** Beside those that every estate has, attacks upon a customer each. */
const MORE_ATTACKS = 60;
/** The least share of feeds that must say something. */
const TELLING = 0.7;

/** What is told is a function of what it is about: the same run, with everything else called otherwise, tells the same. */
export const t27: ScorecardTest = {
  id: "T27",
  part: "C",
  title: "a feed's bytes do not depend on other tenants, and nobody's on any external ID but by its digest",
  run: async (sizing) => {
    const pairs = sized(PAIRS, sizing);
    const outcomes: Outcome[] = [];
    for (let at = 0; at * FEEDS_AN_ESTATE < pairs; at++) {
      const seed = sizing.seed + at;
      const estate = estateOf({ seed, accounts: FEWEST.accounts + 4, days: FEWEST.days, startMs: START_MS });
      const feeds = Math.min(FEEDS_AN_ESTATE, pairs - at * FEEDS_AN_ESTATE);
      outcomes.push(await withOthersDisguised(estate, feeds), await withOtherIds(estate));
    }
    return worst(outcomes as [Outcome, ...Outcome[]]);
  },
};

/** Compares feeds with those of runs in which all other tenants are called otherwise; one silent feed is among them. */
async function withOthersDisguised(estate: Estate, feeds: number): Promise<Outcome> {
  const settings = await settingsOf(estate, papersOf(estate));
  const plain = await told([...recordsOf(estate, MORE_ATTACKS)], settings);
  const lengthOf = (topic: string): number => plain.feed(topic).length;
  const busiest = [...feedTopics(estate)].sort(([, a], [, b]) => lengthOf(b) - lengthOf(a) || (a < b ? -1 : 1));
  const chosen =
    feeds < FEEDS_AN_ESTATE ? busiest.slice(0, feeds) : [...busiest.slice(0, feeds - 1), ...busiest.slice(-1)];
  const faults: string[] = [];
  let telling = 0;
  for (const [tenant, topic] of chosen) {
    if (lengthOf(topic) > 0) telling++;
    const disguise = disguised(estate, tenant, estate.seed);
    const records = [...recordsOf(disguise.estate, MORE_ATTACKS)].map(disguise.record);
    const other = await told(records, await settingsOf(disguise.estate, papersOf(disguise.estate)));
    if (other.soc === plain.soc) faults.push(`seed ${estate.seed}: the disguise changed nothing`);
    if (other.feed(topic) !== plain.feed(topic))
      faults.push(
        `seed ${estate.seed}: the feed of ${tenant} differs where ${differenceOf(plain.feed(topic), other.feed(topic))}`,
      );
  }
  const enough = telling / chosen.length >= TELLING;
  return {
    verdict: faults.length > 0 ? "FAIL" : enough ? "PASS" : "VACUOUS",
    figure: chosen.length - faults.length,
    unit: "runs",
    detail: [`seed ${estate.seed}: ${telling} of ${chosen.length} feeds were told anything`, ...faults].join("\n"),
  };
}

/** Compares all that a run writes with what it writes where all external IDs are others that digest to the same. */
async function withOtherIds(plain: Estate): Promise<Outcome> {
  const [estate, other] = [withIdsOf(plain, "one"), withIdsOf(plain, "other")];
  const settings = await settingsOf(estate, papersOf(estate));
  const stubbed = { ...settings, digester: digestingAs(settings.digester, other, estate) };
  const [one, two, control] = [
    await told([...recordsOf(estate, MORE_ATTACKS)], settings),
    await told([...recordsOf(other, MORE_ATTACKS)], stubbed),
    await told([...recordsOf(other, MORE_ATTACKS)], settings),
  ];
  const where = `seed ${plain.seed}, other external IDs`;
  const faults = [
    ...(one.all === two.all ? [] : [`${where}: outputs differ where ${differenceOf(one.all, two.all)}`]),
    ...(one.all === control.all ? [`${where}: the outputs do not even depend on digests`] : []),
  ];
  const enough = one.detectors.has("external-id-mismatch") && one.detectors.has("external-id-missing");
  return {
    verdict: faults.length > 0 ? "FAIL" : enough ? "PASS" : "VACUOUS",
    figure: faults.length === 0 ? 1 : 0,
    unit: "runs",
    detail: [`${where}: ${one.all.length} characters of output`, ...faults].join("\n"),
  };
}

interface Told {
  readonly soc: string;
  readonly feed: (topic: string) => string;
  /** Everything that the run wrote: messages, memory, answers, and the SOC's alerts in each of replay's formats. */
  readonly all: string;
  readonly detectors: ReadonlySet<string>;
}

async function told(records: readonly TrailRecord[], settings: Settings): Promise<Told> {
  const { sns, heard } = listener();
  const store = memoryStore();
  const { answers } = await lived(records, settings, sns, { ...worldFor(settings), store });
  const feed = (topic: string): string => (heard.get(topic) ?? []).join("\n");
  const alerts = (heard.get(SOC_TOPIC) ?? []).map(alertIn);
  const cells = [...store.cells].map(([key, cell]) => `${key} ${encodeCell(cell)}`).sort();
  const formats = FORMATS.map(({ contentFor }) => contentFor(alerts, { columns: 120, colour: false }));
  const asText = (_: string, value: unknown): unknown =>
    value instanceof Map ? [...(value as Map<unknown, unknown>)] : value;
  return {
    feed,
    soc: feed(SOC_TOPIC),
    all: [JSON.stringify([...heard].sort()), ...cells, JSON.stringify(answers, asText), ...formats].join("\n"),
    detectors: new Set(alerts.map(({ detector }) => detector)),
  };
}

/** The first place where two texts part, with what each says there. */
function differenceOf(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
  return `one says ${around(one)} and the other ${around(other)}`;
}

import { soak, type Soaked } from "../soak/soak.ts";
import { whyNoDynamoDb } from "../stores/dynamodb-local.ts";
import { sized, type ScorecardTest } from "./card.ts";

const EVENTS = 100_000;
const KILLS = 62;
const CALM_MS = 120_000;
/** Less than a worker's memory needs to settle says nothing about a leak; a tenth of the calm would be that little. */
const LEAST_CALM_MS = 30_000;

const MOST_SECONDS = 720;
const MOST_GROWTH = 0.2;

export const t08: ScorecardTest = {
  id: "T08",
  part: "A",
  title: "Real workers on SQS, SNS, S3 and DynamoDB, refused and killed at random, lose nothing and invent nothing",
  run: async (sizing) => {
    const missing = whyNoDynamoDb();
    if (missing !== null) return { verdict: "FAIL", figure: 0, unit: "kills", detail: `not run: ${missing}` };
    const { seed } = sizing;
    const calmMs = Math.max(LEAST_CALM_MS, sized(CALM_MS, sizing));
    const soaked = await soak({ seed, events: sized(EVENTS, sizing), kills: sized(KILLS, sizing), calmMs });
    const faults = faultsOf(soaked);
    const { kills } = soaked;
    return {
      verdict: faults.length > 0 ? "FAIL" : isTelling(soaked) ? "PASS" : "VACUOUS",
      figure: kills,
      unit: "kills",
      detail: [...faults, figures(soaked)].join("\n"),
    };
  },
};

/** Whether it was hard enough: work was killed, every kind of fault was met, and most of the trail went through them. */
function isTelling({ kills, killsAtWork, toll, alerts, messages, afterHealing }: Soaked): boolean {
  const met = Object.values(toll).every((count) => count > 0);
  return met && alerts >= 10 && killsAtWork >= kills / 2 && afterHealing <= messages / 2;
}

function faultsOf(soaked: Soaked): readonly string[] {
  const { lost, ghosts, unkept, keptInVain, deadLetters, stuck, growth, seconds } = soaked;
  return [
    ...(lost.length > 0 ? [`lost: ${lost.slice(0, 10).join(", ")}`] : []),
    ...(ghosts.length > 0 ? [`invented: ${ghosts.slice(0, 10).join(", ")}`] : []),
    ...(unkept > 0 ? [`${unkept} unreadable messages or objects are not in the quarantine`] : []),
    ...(keptInVain > 0 ? [`${keptInVain} things are in the quarantine that can be read`] : []),
    ...(deadLetters > 0 ? [`${deadLetters} dead letters`] : []),
    ...(stuck === null ? [] : [stuck]),
    ...(growth === null ? ["no worker lived long enough to measure its memory"] : []),
    ...(growth !== null && growth > MOST_GROWTH ? [`a worker's memory grew by ${percent(growth)}`] : []),
    ...(seconds > MOST_SECONDS ? [`it took ${seconds.toFixed(0)} s`] : []),
  ];
}

/** All in a line, for whoever looks closer. */
function figures(soaked: Soaked): string {
  const { events, messages, alerts, lost, ghosts, kills, killsAtWork, toll, again, soundings } = soaked;
  const { growth, peakRssBytes, seconds, afterHealing } = soaked;
  return (
    `${events} events in ${messages} messages, ${alerts} alerts, ${lost.length} lost, ${ghosts.length} invented; ` +
    `${kills} kills, ${killsAtWork} of them at work; ${toll.throttled} requests throttled, ${toll.failed} failed, ` +
    `${toll.lost} answers lost, ${again} times tried again, ${afterHealing} messages left for after the healing; ${soundings.toFixed(2)} notifications for one; memory ` +
    `${growth === null ? "not measured" : `grew by ${percent(growth)}`}, at most ${Math.round(peakRssBytes / 2 ** 20)} MiB; ` +
    `${seconds.toFixed(0)} s`
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

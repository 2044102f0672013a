import type { Alert } from "../alerts/alert.ts";
import { emptyHistory } from "../baseline/learn.ts";
import { namesSeen } from "../baseline/names-seen.ts";
import { rangesProposal } from "../baseline/owned-ranges.ts";
import { counted, passingNotes, roleProposal } from "../baseline/proposal.ts";
import { accountsOf, type ConfigurationProposal } from "../config/propose.ts";
import { networkOf } from "../ranges/place.ts";
import type { Lesson } from "./learn.ts";

/** What a lesson lets propose as configuration, for a person to review. */
export function proposalOf(lesson: Lesson): ConfigurationProposal {
  const { vendor, learned, learnedFrom, surveys, schedules, discovered, alerts } = lesson;
  const roles = [...surveys].sort(byText).map(([arn, seen]) => {
    const history = learned.find(({ memo, subject }) => memo === "names" && subject === arn)?.history;
    return roleProposal(arn, seen, namesSeen(history ?? emptyHistory()), schedules.get(arn) ?? null);
  });
  const found = discovered.outbound.map(
    ({ arn, accounts, calls, days }) => `found: ${arn}, ${calls} calls into ${accounts} accounts on ${days} days`,
  );
  const callers = roles.flatMap(({ callers: own }) => (own ?? []).map(({ value }) => value));
  return {
    notes: [
      `Proposed from ${learnedFrom.days} days, ${learnedFrom.first ?? "?"} to ${learnedFrom.last ?? "?"}: review each line.`,
      "What is promised here is judged strictly; what is left out is learned, or not judged.",
      ...found,
      ...passingNotes(discovered),
      ...alarms(alerts),
    ],
    accounts: accountsOf([...[...vendor.outboundRoles.values()].map(({ arn }) => arn), ...callers]),
    roles,
    ranges: rangesProposal(new Map([...surveys].sort(byText)), reportedNetworks(alerts)),
  };
}

function byText([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** How often each detector alarmed while learning: an attack in the trail is to be looked at first. */
function alarms(alerts: readonly Alert[]): readonly string[] {
  return [...Map.groupBy(alerts, ({ detector }) => detector)]
    .sort(byText)
    .map(([detector, own]) => `alarmed while learning: ${detector}, ${counted(own.length, "alert")}`);
}

/** Networks that alerts name as a place of theirs. */
function reportedNetworks(alerts: readonly Alert[]): ReadonlySet<string> {
  return new Set(
    alerts.flatMap(({ source, evidence }) => {
      const { places } = evidence;
      const outside = Array.isArray(places) ? (places as readonly string[]) : [];
      return [
        networkOf(source?.address ?? "") ?? [],
        ...outside.filter((place) => place.startsWith("outside:")).map((place) => place.slice("outside:".length)),
      ].flat();
    }),
  );
}

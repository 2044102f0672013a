import type { Alert } from "../alerts/alert.ts";
import { DAY_MS, hitsOfOld } from "../baseline/counts.ts";
import { discovery, type Discovered } from "../baseline/discover.ts";
import { scheduleOf, type CountedDay, type Schedule } from "../baseline/schedule.ts";
import { survey, type RoleSurvey } from "../baseline/survey.ts";
import type { Learned, LearnedFrom } from "../config/baseline.ts";
import { assumptions } from "../detectors/assumptions.ts";
import { callJudgeOf, type Detector } from "../detectors/detector.ts";
import { daysKey, sliceKey } from "../engine/note.ts";
import { sight, type Sighting } from "../outbound/sighting.ts";
import type { OutboundRole, Vendor } from "../outbound/vendor.ts";
import type { Document } from "../sources/source.ts";
import { memoryStore } from "../stores/memory.ts";
import { withoutPath } from "../trail/arn.ts";
import { gather, type GatherOptions } from "./gather.ts";
import { historian } from "./historian.ts";
import { settle, type Replayed } from "./settle.ts";

/** What a trail taught. */
export interface Lesson extends Replayed {
  /** The vendor that was learned of: as configured, with the outbound roles that were found where none are. */
  readonly vendor: Vendor;
  readonly discovered: Discovered;
  readonly learnedFrom: LearnedFrom;
  readonly learned: readonly Learned[];
  /** What was seen of each outbound role, by its ARN. */
  readonly surveys: ReadonlyMap<string, RoleSurvey>;
  readonly schedules: ReadonlyMap<string, Schedule>;
}

/**
 * Learns from documents of the past: judges them as a replay does, day by day, and then seals them all. Where no outbound
 * role is configured they are read twice, first to find the roles; `documents` must allow that.
 */
export async function learn(documents: readonly Document[], options: GatherOptions): Promise<Lesson> {
  const discovered = await discover(documents, options);
  const vendor = withRoles(options.settings.vendor, discovered);
  const settings = { ...options.settings, vendor };
  const watched = survey(alarmedBy(settings.detectors, vendor));
  const gathered = await gather(documents, {
    ...options,
    settings,
    onCalls: (calls) => {
      for (const call of calls) {
        const sighting = sight(call, vendor);
        if (typeof sighting !== "string") watched.see(sighting);
      }
    },
  });
  const store = memoryStore();
  const replayed = await settle([gathered], settings, store);
  const { historyAfter } = historian({ ...settings, store });
  const lines = linesIn(store.cells.keys()).filter(({ subject }) => isOutbound(subject, vendor));
  const days = new Set<number>();
  for (const { memo, subject } of lines) {
    const seen = store.cells.get(daysKey(memo, subject));
    if (seen?.kind === "marks") for (const day of seen.value) days.add(Number(day));
  }
  const lastDay = Math.max(...days);
  const learned: Learned[] = [];
  for (const { memo, subject } of lines) {
    const history = await historyAfter(memo, subject, lastDay);
    if (history.profiles.size + history.names.size > 0) learned.push({ memo, subject, history });
  }
  const schedules = new Map<string, Schedule>();
  for (const role of vendor.outboundRoles.values()) {
    const schedule = scheduleOf(countedDays(role, [...days], store.cells, replayed.alerts));
    if (schedule !== null) schedules.set(role.arn, schedule);
  }
  return {
    ...replayed,
    vendor,
    discovered,
    learnedFrom: { first: dateOf(Math.min(...days)), last: dateOf(lastDay), days: days.size },
    learned,
    surveys: watched.roles,
    schedules,
  };
}

/** Nothing where outbound roles are configured: what else there is would be none. */
async function discover(documents: readonly Document[], options: GatherOptions): Promise<Discovered> {
  const { vendor } = options.settings;
  if (vendor.outboundRoles.size > 0) return { outbound: [], passing: [] };
  const { see, found } = discovery(vendor.accounts, vendor.registry);
  await gather(documents, {
    ...options,
    settings: { ...options.settings, detectors: [] },
    onCalls: (calls) => {
      for (const call of calls) see(call);
    },
  });
  return found();
}

function withRoles(vendor: Vendor, { outbound }: Discovered): Vendor {
  if (outbound.length === 0) return vendor;
  const roles = outbound.map(({ arn }): OutboundRole => {
    const workload = arn.slice(arn.lastIndexOf("/") + 1);
    const unpromised = {
      callers: null,
      regions: null,
      sessionNames: null,
      cadence: null,
      learnSinceMs: null,
      maxDurationSeconds: null,
    };
    return { arn, workload, ...unpromised, sessionPolicy: "optional" };
  });
  return { ...vendor, outboundRoles: new Map(roles.map((role) => [withoutPath(role.arn), role])) };
}

/** What a customer has not set up, or the registry has not heard of, says nothing against the caller. */
const ABOUT_CUSTOMERS: ReadonlySet<string> = new Set(["external-id-missing", "external-id-mismatch", "unknown-target"]);

/** Names the detector to which a call is wrong by itself, so that it teaches nothing. */
function alarmedBy(detectors: readonly Detector[], vendor: Vendor): (sighting: Sighting) => string | null {
  const judges = detectors.flatMap((detector) => {
    const judge = callJudgeOf(detector);
    return judge === undefined || ABOUT_CUSTOMERS.has(detector.id) ? [] : [{ id: detector.id, judge }];
  });
  return (sighting) => judges.find(({ judge }) => judge(sighting, vendor) !== undefined)?.id ?? null;
}

const DAYS_KEY = /^days\/([^/]+)\/(.+)$/s;

/** What memory holds that learns, told by where it is kept on which days each was seen. */
function linesIn(keys: Iterable<string>): readonly { readonly memo: string; readonly subject: string }[] {
  return [...keys].flatMap((key) => {
    const [, memo, subject] = DAYS_KEY.exec(key) ?? [];
    return memo === undefined || subject === undefined ? [] : [{ memo, subject }];
  });
}

/** An outbound role by its ARN, or, where it was denied, by its id; other principals have nothing that is usual. */
function isOutbound(subject: string, { outboundRoles }: Vendor): boolean {
  return subject.startsWith("role ") || outboundRoles.has(withoutPath(subject));
}

const ABOUT_NUMBERS: ReadonlySet<string> = new Set(["tenant-sweep", "call-burst"]);

function countedDays(
  { arn, workload }: OutboundRole,
  days: readonly number[],
  cells: ReturnType<typeof memoryStore>["cells"],
  alerts: readonly Alert[],
): readonly CountedDay[] {
  const own = alerts.filter((alert) => ABOUT_NUMBERS.has(alert.detector) && alert.workload === workload);
  return days.flatMap((day) => {
    const cell = cells.get(sliceKey({ memo: assumptions.name, subject: arn, lengthMs: DAY_MS, slice: day }));
    if (cell?.kind !== "window") return [];
    const dayMs = day * DAY_MS;
    const alarmed = own.some(
      ({ firstSeen, lastSeen }) => Date.parse(firstSeen) < dayMs + DAY_MS && Date.parse(lastSeen) >= dayMs - DAY_MS,
    );
    const window = { lengthMs: DAY_MS, startMs: dayMs, members: cell.value };
    return [{ dayMs, hits: hitsOfOld(window, new Set()), alarmed }];
  });
}

function dateOf(day: number): string | null {
  return Number.isFinite(day) ? new Date(day * DAY_MS).toISOString().slice(0, 10) : null;
}

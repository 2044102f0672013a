import { placeOf, type Whereabouts } from "../../src/ranges/place.ts";
import type { Estate } from "../../src/simulate/estate.ts";
import { DAY_MS, HOUR_MS } from "../../src/simulate/time.ts";
import type { Call } from "../../src/trail/call.ts";
import type { Page } from "./page.ts";

/** A call of the vendor's own trail, and the attack that it is of. */
export interface Seen {
  readonly call: Call;
  readonly attack: string | null;
  /** From 0: the day of the estate. */
  readonly day: number;
}

/** A way in which others look for the same, on the same decoded calls in the order of time. */
export interface Peer {
  readonly style: string;
  readonly see: (seen: Seen) => void;
  readonly pages: () => readonly Page[];
}

/** What a peer may know of the vendor. */
export interface PeerWorld {
  readonly estate: Estate;
  readonly whereabouts: Whereabouts;
}

/** A page of a peer that names fewer than this share of an attack's events among its own is read without seeing it. */
const VISIBLE_SHARE = 0.1;

/** Pages by rule, subject and day, with the calls that each was made of. */
function pageBook() {
  const book = new Map<string, { rule: string; day: number; calls: number; attacks: Map<string, number> }>();
  return {
    add: (rule: string, subject: string, day: number, attack: string | null, calls = 1): void => {
      const key = `${day} ${rule} ${subject}`;
      const page = book.get(key) ?? { rule, day, calls: 0, attacks: new Map<string, number>() };
      page.calls += calls;
      if (attack !== null) page.attacks.set(attack, (page.attacks.get(attack) ?? 0) + calls);
      book.set(key, page);
    },
    pages: (): readonly Page[] =>
      [...book].map(([key, { rule, day, calls, attacks }]) => ({
        rule,
        day,
        attacks: [...attacks].filter(([, own]) => own >= calls * VISIBLE_SHARE).map(([id]) => id),
        about: key,
      })),
  };
}

/** Every rule style, anew for an estate. */
export function peersOf(world: PeerWorld): readonly Peer[] {
  return [anyCaller(), newTerms(), firstSeen(), zScore(world), staticRules(world)];
}

/** Any assumption of a role that no service made, a page for each principal and day. */
function anyCaller(): Peer {
  const book = pageBook();
  return {
    style: "any non-service caller",
    see: ({ call, attack, day }) => {
      if (call.caller.kind !== "AWSService") book.add("any-caller", principal(call), day, attack);
    },
    pages: book.pages,
  };
}

const NEW_TERM_DAYS = 10;

/** A principal and a role that were not seen together in the ten days before; the first ten days are history. */
function newTerms(): Peer {
  const book = pageBook();
  const lastSeen = new Map<string, number>();
  return {
    style: "new terms, 10 d",
    see: ({ call, attack, day }) => {
      if (call.caller.kind === "AWSService" || call.target.roleArn === null) return;
      const term = `${principal(call)} ${call.target.roleArn}`;
      const last = lastSeen.get(term);
      lastSeen.set(term, day);
      const isNew = last === undefined || day - last > NEW_TERM_DAYS;
      if (isNew && day >= NEW_TERM_DAYS) book.add("new-terms", term, day, attack);
    },
    pages: book.pages,
  };
}

/** An address, user agent, session name or target that was never seen before. */
function firstSeen(): Peer {
  const book = pageBook();
  const known = new Set<string>();
  return {
    style: "first seen",
    see: ({ call, attack, day }) => {
      if (call.caller.kind === "AWSService") return;
      const values = {
        address: call.source.address,
        agent: call.userAgent,
        session: call.asked?.sessionName ?? null,
        target: call.target.roleArn,
      };
      for (const [dimension, value] of Object.entries(values)) {
        const key = `${dimension} ${value ?? ""}`;
        if (value === null || known.has(key)) continue;
        known.add(key);
        book.add(`first-seen ${dimension}`, value, day, attack);
      }
    },
    pages: book.pages,
  };
}

/** A role's calls in an hour, and how many of them are of which attack. */
interface HourCount {
  readonly calls: number;
  readonly attacks: ReadonlyMap<string, number>;
}

/** Calls of each outbound role by hours since the estate began. */
function hourly({ estate }: PeerWorld) {
  const outbound = new Set(estate.workloads.map((workload) => workload.outbound.arn));
  const hours = new Map<string, Map<number, { calls: number; attacks: Map<string, number> }>>();
  return {
    see: ({ call, attack }: Seen): void => {
      const role = call.caller.roleArn;
      if (role === null || !outbound.has(role)) return;
      const hour = Math.floor((call.timeMs - estate.startMs) / HOUR_MS);
      const own = hours.get(role) ?? new Map<number, { calls: number; attacks: Map<string, number> }>();
      const count = own.get(hour) ?? { calls: 0, attacks: new Map<string, number>() };
      count.calls++;
      if (attack !== null) count.attacks.set(attack, (count.attacks.get(attack) ?? 0) + 1);
      own.set(hour, count);
      hours.set(role, own);
    },
    of: (): readonly (readonly [role: string, counts: readonly HourCount[]])[] =>
      [...hours].map(([role, own]) => [
        role,
        Array.from({ length: (estate.days * DAY_MS) / HOUR_MS }, (_, hour) => own.get(hour) ?? NOTHING),
      ]),
  };
}

const NOTHING: HourCount = { calls: 0, attacks: new Map() };
const HOURS_A_DAY = 24;

function pageHour(book: ReturnType<typeof pageBook>, rule: string, role: string, hour: number, count: HourCount): void {
  const day = Math.floor(hour / HOURS_A_DAY);
  const ofAttacks = [...count.attacks.values()].reduce((sum, own) => sum + own, 0);
  for (const [attack, own] of count.attacks) book.add(rule, role, day, attack, own);
  book.add(rule, role, day, null, count.calls - ofAttacks);
}

/** An hour of a role three standard deviations above the mean of the quiet half; silent where that never varied. */
function zScore(world: PeerWorld): Peer {
  const counts = hourly(world);
  const quietHours = Math.ceil(world.estate.days / 2) * HOURS_A_DAY;
  return {
    style: "z-score, 3 sigma hourly",
    see: counts.see,
    pages: () => {
      const book = pageBook();
      for (const [role, hours] of counts.of()) {
        const quiet = hours.slice(0, quietHours).map(({ calls }) => calls);
        const mean = quiet.reduce((sum, calls) => sum + calls, 0) / quiet.length;
        const deviation = Math.sqrt(quiet.reduce((sum, calls) => sum + (calls - mean) ** 2, 0) / quiet.length);
        for (const [hour, count] of hours.entries())
          if (deviation > 0 && count.calls > mean + 3 * deviation) pageHour(book, "z-score", role, hour, count);
      }
      return book.pages();
    },
  };
}

const WEEK_HOURS = 7 * HOURS_A_DAY;

/**
 * What a careful team writes by hand: people, addresses that are neither the vendor's nor AWS's, names that do not begin
 * as they should, calls without an external ID, and half as many calls again as in the last week's busiest hour.
 */
function staticRules(world: PeerWorld): Peer {
  const { estate, whereabouts } = world;
  const counts = hourly(world);
  const book = pageBook();
  const workloads = new Map(estate.workloads.map((workload) => [workload.outbound.arn, workload]));
  return {
    style: "careful static rules",
    see: (seen) => {
      counts.see(seen);
      const { call, attack, day } = seen;
      const { caller, asked, target } = call;
      const workload = caller.roleArn === null ? undefined : workloads.get(caller.roleArn);
      const enters = target.roleArn !== null && workloads.has(target.roleArn);
      if (caller.kind === "AWSService" || (workload === undefined && !enters)) return;
      const person = caller.kind === "IAMUser" || caller.human.some(({ strength }) => strength === "strong");
      if (person) book.add("people", principal(call), day, attack);
      const { kind } = placeOf(call.source, whereabouts);
      if (kind !== "owned" && kind !== "aws" && kind !== "service") book.add("addresses", principal(call), day, attack);
      if (workload === undefined || asked === null) return;
      const stem = /^[\w-]*/.exec(workload.naming.glob ?? "")?.[0] ?? "";
      if (asked.sessionName?.startsWith(stem) !== true) book.add("names", caller.roleArn ?? "", day, attack);
      if (call.outcome === "allowed" && asked.externalId === null)
        book.add("no-external-id", target.roleArn ?? "", day, attack);
    },
    pages: () => {
      const volume = pageBook();
      for (const [role, hours] of counts.of())
        for (const [hour, count] of hours.entries()) {
          const week = hours.slice(Math.max(0, hour - WEEK_HOURS), hour);
          const most = Math.max(0, ...week.map(({ calls }) => calls));
          if (hour >= WEEK_HOURS && count.calls > 1.5 * most) pageHour(volume, "volume", role, hour, count);
        }
      return [...book.pages(), ...volume.pages()];
    },
  };
}

function principal({ caller }: Call): string {
  return caller.roleArn ?? caller.arn ?? caller.principalId ?? caller.kind;
}

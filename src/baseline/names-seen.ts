import { compileGlob } from "../outbound/glob.ts";
import { learnedNames } from "../outbound/learned-names.ts";
import { sessionNameContract } from "../outbound/session-name.ts";
import type { History } from "../memory/history.ts";
import { inOrderOfDays } from "./names.ts";
import { counted, DAYS_SEEN, type NamesSeen } from "./proposal.ts";

/** More globs than these promise nothing. */
const MOST_GLOBS = 20;

/**
 * What the names of a role's sessions have taught, as globs to promise. They are no promise to make where no glob can say
 * a template, or where none of them lasts: a word that changes at each deploy is learned as one that rotates.
 */
export function namesSeen({ names, offNames }: Pick<History, "names" | "offNames">): NamesSeen {
  const byDay = inOrderOfDays(names);
  const daysOf = (fits: (shape: string) => boolean): number => byDay.filter((shapes) => [...shapes].some(fits)).length;
  const days = daysOf(() => true);
  const often = (shape: string): boolean => daysOf((other) => other === shape) >= Math.min(DAYS_SEEN, days);
  const all = learnedNames(byDay);
  const kept = learnedNames(byDay.map((shapes) => new Set([...shapes].filter(often))));
  const globs = kept.globs().map((value) => {
    const seenOn = daysOf(compileGlob(value));
    return { value, seenOn, why: `on ${seenOn} of ${days} days` };
  });
  const seldom = all.templates.filter((template) => !kept.templates.includes(template));
  const off = new Map<string, number>();
  for (const shapes of offNames.values()) for (const shape of shapes) off.set(shape, (off.get(shape) ?? 0) + 1);
  return {
    globs,
    // What is rare is no reason, or one visitor would keep a role from having a contract; a word that rotates is rare by nature.
    reason: reasonAgainst([...kept.unsaid(), ...all.unsaid().filter((text) => text.includes("{word}"))], globs, byDay),
    notes: [
      ...seldom.map(
        (text) =>
          `session name seen, not proposed: ${text}, on ${counted(
            daysOf((shape) => shape === text),
            "day",
          )}`,
      ),
      ...[...off]
        .sort()
        .map(([text, many]) => `session name that alarmed, not proposed: ${text}, on ${counted(many, "day")}`),
    ].slice(0, MOST_GLOBS),
  };
}

function reasonAgainst(
  unsaid: readonly string[],
  globs: readonly { readonly value: string; readonly seenOn: number }[],
  byDay: readonly ReadonlySet<string>[],
): string | null {
  const days = byDay.filter(({ size }) => size > 0);
  if (days.length === 0) return "none was seen";
  if (unsaid.length > 0) return `no glob says ${unsaid.slice(0, 3).join(", ")}`;
  if (globs.length > MOST_GLOBS) return `there are ${globs.length} patterns`;
  const lasting = globs.filter(({ seenOn }) => 2 * seenOn >= days.length).map(({ value }) => compileGlob(value));
  const without = days.filter((shapes) => ![...shapes].some((shape) => lasting.some((covers) => covers(shape))));
  if (without.length > 0)
    return `they change, and on ${without.length} of ${days.length} days no lasting pattern was there`;
  return sessionNameContract(globs.map(({ value }) => value)).problem ?? null;
}

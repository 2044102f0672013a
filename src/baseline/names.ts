import { compileGlob } from "../outbound/glob.ts";
import { learnedNames, type LearnedNames } from "../outbound/learned-names.ts";
import type { NameTarget } from "../outbound/name-shape.ts";
import type { Facet } from "../memory/cell.ts";
import type { Glimpse } from "../memory/glimpse.ts";
import type { Registry } from "../tenants/registry.ts";
import { tenantOf } from "../tenants/tenant.ts";
import { accountOf } from "../trail/arn.ts";

/** From so many sealed days on names are judged by them: time enough for words that rotate at deploys to have done so. */
export const NAMES_LEARNING_DAYS = 10;

/** Shapes of session names by day, as sealed days taught them. */
export type NamesByDay = ReadonlyMap<string, ReadonlySet<string>>;

/** Oldest first. */
export function inOrderOfDays(namesByDay: NamesByDay): readonly ReadonlySet<string>[] {
  return [...namesByDay].sort(([a], [b]) => Number(a) - Number(b)).map(([, shapes]) => shapes);
}

/** What was learned of the names that a template covers; null where none of them was ever seen. */
export type NamesUnder = (template: string) => LearnedNames | null;

/** Learns each template's names when they are asked for, once: every batch of a day asks for the same. */
export function namesUnder(namesByDay: NamesByDay): NamesUnder {
  const known = new Map<string, LearnedNames | null>();
  return (template) => {
    const ready = known.get(template);
    if (ready !== undefined) return ready;
    const covers = compileGlob(template);
    const days = inOrderOfDays(namesByDay).map((shapes) => new Set([...shapes].filter(covers)));
    const learned = days.every(({ size }) => size === 0) ? null : learnedNames(days);
    known.set(template, learned);
    return learned;
  };
}

/** What the past knows of names. */
interface Known {
  readonly names: NamesByDay;
  readonly namesUnder: NamesUnder;
}

/** What tells a name's target: its placeholders are held against it. */
interface Whose {
  /** The role's configured templates; null: none, and everything is learned as if under `*`. */
  readonly promised: readonly string[] | null;
  readonly registry: Registry | null;
}

/**
 * Of the shapes of session names that a day shows those that no day before taught. Where the role's names are promised as
 * well, each promise has learned names of its own: under `scan-*` a shape is new that no other name under `scan-*` ever
 * had, and a promise that was only just made knows none yet and lets everything pass that it covers.
 */
export function unlearnedShapes(
  shapes: ReadonlyMap<string, Facet>,
  past: Known,
  { promised, registry }: Whose,
): readonly string[] {
  if (past.names.size < NAMES_LEARNING_DAYS) return [];
  const promises = (promised ?? ["*"]).map((template) => ({
    covers: compileGlob(template),
    learned: past.namesUnder(template),
  }));
  return [...shapes].flatMap(([shape, { head }]) => {
    const covering = promises.filter(({ covers }) => covers(shape));
    if (covering.length === 0) return [];
    const [example] = head;
    const [name, target] = [example?.named ?? null, targetOf(example, registry)];
    const allows = (learned: LearnedNames): boolean =>
      name === null ? learned.allowsShape(shape) : learned.allows(name, target);
    return covering.some(({ learned }) => learned === null || allows(learned)) ? [] : [shape];
  });
}

/** Whose role a call asked for: what placeholders stand for. */
function targetOf(example: Glimpse | undefined, registry: Registry | null): NameTarget {
  const roleArn = example?.asked ?? null;
  const account = accountOf(roleArn);
  return { account, tenant: tenantOf(registry?.tenancyOf(roleArn, account, example?.timeMs ?? 0) ?? null) };
}

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
  namesByDay: NamesByDay,
  { promised, registry }: Whose,
): readonly string[] {
  if (namesByDay.size < NAMES_LEARNING_DAYS) return [];
  const promises = (promised ?? ["*"]).map((template) => {
    const covers = compileGlob(template);
    return { covers, learned: learnedUnder(covers, namesByDay) };
  });
  return [...shapes].flatMap(([shape, { head }]) => {
    const covering = promises.filter(({ covers }) => covers(shape));
    if (covering.length === 0) return [];
    const [example] = head;
    const target = targetOf(example, registry);
    const known = covering.some(({ learned }) => learned?.allows(example?.named ?? shape, target) ?? true);
    return known ? [] : [shape];
  });
}

/** Whose role a call asked for: what placeholders stand for. */
function targetOf(example: Glimpse | undefined, registry: Registry | null): NameTarget {
  const roleArn = example?.asked ?? null;
  const account = accountOf(roleArn);
  return { account, tenant: tenantOf(registry?.tenancyOf(roleArn, account, example?.timeMs ?? 0) ?? null) };
}

/** Null where nothing that the promise covers was ever seen. */
function learnedUnder(covers: (shape: string) => boolean, namesByDay: NamesByDay): LearnedNames | null {
  const days = [...namesByDay]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, shapes]) => new Set([...shapes].filter(covers)));
  return days.every(({ size }) => size === 0) ? null : learnedNames(days);
}

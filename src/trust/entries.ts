import { ANY, EXTERNAL_ID_KEY, SOME, type Condition, type Value } from "./condition.ts";
import { coversCaller, decide, impliedBy } from "./evaluate.ts";
import type { IdTry } from "./ids.ts";
import type { Statement } from "./policy.ts";
import type { Caller, UniqueIds } from "./principal.ts";
import { NO, YES, type Tri } from "./tri.ts";
import { valuesToTry } from "./values.ts";

/** The keys that tell whether the caller showed a second factor, and how many seconds ago. */
export const MFA_KEYS: ReadonlySet<string> = new Set(["aws:multifactorauthpresent", "aws:multifactorauthage"]);

/** A sort of request that is let in. */
export interface Entry {
  /** The Allow that lets it in. */
  readonly statement: Statement;
  readonly caller: Caller;
  readonly id: IdTry["kind"];
  readonly mfa: boolean;
  /** Whether it surely is, or only perhaps, as far as AWS's documentation tells. */
  readonly sure: Tri;
}

/** Who asks, and with which external IDs. */
export interface Asked {
  readonly callers: readonly Caller[];
  readonly ids: readonly IdTry[];
  readonly uniqueIds: UniqueIds;
  /** Requests to ask at most; what cannot be asked about within it is taken to be anything. */
  readonly most: number;
}

/**
 * What one Allow and all the Denies let in, of every request that they can tell apart: by caller, external ID and second
 * factor, each once, whatever else must be in the request for it.
 */
export function entries(allow: Statement, denies: readonly Statement[], asked: Asked): readonly Entry[] {
  const callers = asked.callers.filter((caller) => coversCaller(allow, caller, asked.uniqueIds) !== NO);
  const statements = [allow, ...denies];
  const questions = questionsOf(statements);
  const factors = factorsToTry(questions);
  const ids = callers.length * asked.ids.length * factors.length > asked.most ? UNKNOWN_ID : asked.ids;
  const others = othersToTry(questions, callers, ids.length * factors.length, asked.most);
  const found: Entry[] = [];
  for (const caller of callers) {
    for (const id of ids) {
      for (const { mfa, context } of factors) {
        const sure = surest(others, (other) =>
          decide(
            statements,
            { caller, context: new Map([...context, ...other, [EXTERNAL_ID_KEY, id.value]]) },
            asked.uniqueIds,
          ),
        );
        if (sure !== NO) found.push({ statement: allow, caller, id: id.kind, mfa, sure });
      }
    }
  }
  return found;
}

function surest(others: readonly Context[], decideWith: (other: Context) => Tri): Tri {
  let best: Tri = NO;
  for (const other of others) {
    const one = decideWith(other);
    if (one === YES) return YES;
    if (one > best) best = one;
  }
  return best;
}

const UNKNOWN_ID: readonly IdTry[] = [
  { value: null, kind: "none" },
  { value: SOME, kind: "wrong" },
];

/** The conditions on each key that a caller does not settle. */
function questionsOf(statements: readonly Statement[]): ReadonlyMap<string, readonly Condition[]> {
  const questions = new Map<string, Condition[]>();
  for (const { conditions } of statements) {
    for (const each of conditions) {
      const known = questions.get(each.key);
      if (known === undefined) questions.set(each.key, [each]);
      else known.push(each);
    }
  }
  return questions;
}

interface Factor {
  readonly mfa: boolean;
  readonly context: readonly (readonly [string, Value])[];
}

/** Without a second factor a request says so or says nothing, and has no age of one. */
function factorsToTry(questions: ReadonlyMap<string, readonly Condition[]>): readonly Factor[] {
  const [present, age] = ["aws:multifactorauthpresent", "aws:multifactorauthage"] as const;
  if (!questions.has(present) && !questions.has(age)) return [{ mfa: false, context: [] }];
  const asked = valuesToTry(age, questions.get(age) ?? []).filter((value) => value !== null);
  const ages = asked.length === 0 ? ["60"] : asked;
  return [
    { mfa: false, context: [] },
    { mfa: false, context: [[present, "false"]] },
    ...ages.map((value): Factor => ({
      mfa: true,
      context: [
        [present, "true"],
        [age, value],
      ],
    })),
  ];
}

type Context = readonly (readonly [string, Value])[];

/**
 * All combinations of all other keys' values, as long as they are not too many; then the key with the most values is
 * not asked about but taken to be anything, which may find an entry that is none and never misses one.
 */
function othersToTry(
  questions: ReadonlyMap<string, readonly Condition[]>,
  callers: readonly Caller[],
  besides: number,
  most: number,
): readonly Context[] {
  const settled = (key: string): boolean =>
    key === EXTERNAL_ID_KEY || MFA_KEYS.has(key) || callers.every((caller) => impliedBy(caller, key) !== undefined);
  const axes = [...questions]
    .filter(([key]) => !settled(key))
    .map(([key, conditions]) => ({ key, values: valuesToTry(key, conditions) }))
    .sort((a, b) => a.values.length - b.values.length);
  let contexts: Context[] = [[]];
  for (const { key, values } of axes) {
    const requests = callers.length * besides * contexts.length * values.length;
    const asked: readonly Value[] = requests > most ? [ANY] : values;
    contexts = contexts.flatMap((context) => asked.map((value): Context => [...context, [key, value]]));
  }
  return contexts;
}

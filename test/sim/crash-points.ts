import { FORTUNATE, type Fate } from "./faults.ts";
import { violations } from "./run.ts";
import { simulate } from "./simulate.ts";
import { tenMessages, type Library } from "./story.ts";

/** One worker and one notifier, so that steps have one order and a crash point one meaning. */
const ALONE = { workers: 1, notifiers: 1, healAfterMs: 0 } as const;

type Point = readonly [step: number, when: "before" | "after"];

/** Crashes at these steps, counted from the first that anybody takes, and at no other. */
function crashingAt(points: readonly Point[], taken: { steps: number }): Fate {
  return () => {
    const step = taken.steps++;
    const point = points.find(([at]) => at === step);
    return point === undefined ? FORTUNATE : { ...FORTUNATE, crash: point[1] };
  };
}

/** What was found by crashing everywhere. */
export interface Points {
  readonly schedules: number;
  /** Steps that the ten messages take when nothing goes wrong. */
  readonly steps: number;
  readonly failures: readonly string[];
}

/**
 * Crashes before and after every step that ten messages take, and at every pair among the first `pairsAmong` steps.
 */
export async function crashEverywhere(library: Library, pairsAmong: number): Promise<Points> {
  const story = await tenMessages(library);
  const calm = { steps: 0 };
  await simulate(1, story, library, { ...ALONE, fate: crashingAt([], calm) });
  const points = (steps: number): Point[] =>
    Array.from({ length: steps }, (_, step): Point[] => [
      [step, "before"],
      [step, "after"],
    ]).flat();
  const early = points(Math.min(pairsAmong, calm.steps));
  const schedules: Point[][] = [
    ...points(calm.steps).map((point) => [point]),
    ...early.flatMap((first, at) => early.slice(at + 1).map((second) => [first, second])),
  ];
  const failures: string[] = [];
  for (const schedule of schedules) {
    const outcome = await simulate(1, story, library, { ...ALONE, fate: crashingAt(schedule, { steps: 0 }) });
    for (const wrong of violations(outcome)) failures.push(`${JSON.stringify(schedule)}: ${wrong}`);
  }
  return { schedules: schedules.length, steps: calm.steps, failures };
}

import { PRODUCT } from "./judge-estate.ts";
import type { Score } from "./score.ts";

/** The tables: every style, then the product's recall of each attack and its false pages by detector. */
export function reportOf(scores: readonly Score[]): readonly string[] {
  const styles = [...Map.groupBy(scores, ({ style }) => style)];
  const product = scores.filter(({ style }) => style === PRODUCT);
  return [
    "style                      recall  recall@10  false pages/day  worst day  while learning  flood day",
    ...styles.map(([style, own]) => lineOf(style, own)),
    "",
    `recall of each attack, ${PRODUCT} (of ${product.length} estates; read: within 10 looks a day)`,
    ...attacksOf(product),
    "",
    `false pages by detector, ${PRODUCT} (a day and estate; learning is the first half)`,
    ...falseByRule(product),
  ];
}

function lineOf(style: string, scores: readonly Score[]): string {
  const of = (pick: (score: Score) => number): number => sum(scores.map(pick));
  const wanted = of((score) => score.wanted.length);
  const days = scores.flatMap(({ scored }) => scored);
  const learning = scores.flatMap((score) => score.learning);
  return [
    style.padEnd(25),
    (of(({ found }) => found.length) / wanted).toFixed(3).padStart(8),
    (of(({ foundInLooks }) => foundInLooks.length) / wanted).toFixed(3).padStart(11),
    mean(days).toFixed(2).padStart(17),
    String(Math.max(...days)).padStart(11),
    mean(learning).toFixed(2).padStart(16),
    mean(scores.map(({ floodPages }) => floodPages))
      .toFixed(1)
      .padStart(11),
  ].join("");
}

function attacksOf(scores: readonly Score[]): readonly string[] {
  const wanted = [...new Set(scores.flatMap((score) => score.wanted))].sort(byNumber);
  const count = (id: string, pick: (score: Score) => readonly string[]): number =>
    scores.filter((score) => pick(score).includes(id)).length;
  const lines = wanted.map((id) => {
    const [there, found, read] = [
      count(id, (score) => score.wanted),
      count(id, (score) => score.found),
      count(id, (score) => score.foundInLooks),
    ];
    return `  ${id.padEnd(10)} ${found}/${there}  read ${read}/${there}`;
  });
  const unexpected = Map.groupBy(
    scores.flatMap((score) => score.unexpected),
    (id) => id,
  );
  const others = [...unexpected].map(([id, own]) => `${id} ${own.length}`).sort();
  return [...lines, `  not expected and found all the same: ${others.join(", ") || "none"}`];
}

function falseByRule(scores: readonly Score[]): readonly string[] {
  const [learningDays, scoredDays] = [
    sum(scores.map(({ learning }) => learning.length)),
    sum(scores.map(({ scored }) => scored.length)),
  ];
  const rules = [...new Set(scores.flatMap(({ falseByRule: own }) => Object.keys(own)))].sort();
  return rules.map((rule) => {
    const pages = (half: "learning" | "scored"): number =>
      sum(scores.map((score) => score.falseByRule[rule]?.[half] ?? 0));
    const estates = scores.filter(({ falseByRule: own }) => own[rule] !== undefined).length;
    const [quiet, later] = [pages("learning") / learningDays, pages("scored") / scoredDays];
    return `  ${rule.padEnd(24)} ${later.toFixed(3)} scored, ${quiet.toFixed(3)} learning, in ${estates} estates`;
  });
}

/** A2 before A10. */
function byNumber(a: string, b: string): number {
  return Number.parseInt(a.slice(1), 10) - Number.parseInt(b.slice(1), 10) || (a < b ? -1 : 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : sum(numbers) / numbers.length;
}

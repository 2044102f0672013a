import { dice } from "../../src/simulate/dice.ts";
import { shuffled } from "../../src/simulate/distributions.ts";
import { firstScoredDay } from "../../src/simulate/estate.ts";
import { DAY_MS } from "../../src/simulate/time.ts";
import type { Judgement } from "./judge-estate.ts";
import type { Page } from "./page.ts";

/** So many pages of a day are read; of a day that has more, as many at random. */
export const LOOKS_A_DAY = 10;

/** One style on one estate, as plain data. */
export interface Score {
  readonly seed: number;
  readonly style: string;
  /** Attacks that are to be found, and of them those that some page finds, and some page that is read. */
  readonly wanted: readonly string[];
  readonly found: readonly string[];
  readonly foundInLooks: readonly string[];
  /** False pages of each day of the quiet half, and of the half that is scored. */
  readonly learning: readonly number[];
  readonly scored: readonly number[];
  /** All pages on the day of the flood, its cover's own included. */
  readonly floodPages: number;
  readonly falseByRule: Readonly<Record<string, { readonly learning: number; readonly scored: number }>>;
  /** A few false pages in words, for whoever tunes. */
  readonly falsePages: readonly string[];
  /** Attacks that nobody can be expected to find, and were found all the same. */
  readonly unexpected: readonly string[];
}

const TOLD = 200;

/** Holds the pages of each style against what is true. */
export function scoresOf({ estate, truth, outcomes }: Judgement): readonly Score[] {
  const { seed, days, startMs } = estate;
  const first = firstScoredDay(estate);
  const wanted = truth.labels.filter(({ missed }) => missed === null).map(({ id }) => id);
  const flood = truth.labels.find(({ id }) => id === "A10-cover");
  const floodDay = flood === undefined ? -1 : Math.floor((Date.parse(flood.firstEvent) - startMs) / DAY_MS);
  return outcomes.map(({ style, pages }) => {
    const byDay = Map.groupBy(pages, ({ day }) => day);
    const wrong = pages.filter(({ attacks }) => attacks.length === 0);
    const wrongByDay = Map.groupBy(wrong, ({ day }) => day);
    const found = new Set(pages.flatMap(({ attacks }) => attacks));
    const read = [...byDay].flatMap(([day, own]) => looksAt(own, seed, style, day));
    const foundInLooks = new Set(read.flatMap(({ attacks }) => attacks));
    const falseOn = (from: number, to: number): number[] =>
      Array.from({ length: to - from }, (_, at) => wrongByDay.get(from + at)?.length ?? 0);
    return {
      seed,
      style,
      wanted,
      found: wanted.filter((id) => found.has(id)),
      foundInLooks: wanted.filter((id) => foundInLooks.has(id)),
      learning: falseOn(0, first),
      scored: falseOn(first, days),
      floodPages: byDay.get(floodDay)?.length ?? 0,
      falseByRule: Object.fromEntries(
        [...Map.groupBy(wrong, ({ rule }) => rule)].map(([rule, own]) => [
          rule,
          {
            learning: own.filter(({ day }) => day < first).length,
            scored: own.filter(({ day }) => day >= first).length,
          },
        ]),
      ),
      falsePages: wrong.slice(0, TOLD).map(({ rule, day, about }) => `day ${day + 1} ${rule}: ${about}`),
      unexpected: truth.labels.filter(({ id, missed }) => missed !== null && found.has(id)).map(({ id }) => id),
    };
  });
}

function looksAt(pages: readonly Page[], seed: number, style: string, day: number): readonly Page[] {
  if (pages.length <= LOOKS_A_DAY) return pages;
  return shuffled(dice(seed, `looks ${style} ${day}`), pages).slice(0, LOOKS_A_DAY);
}

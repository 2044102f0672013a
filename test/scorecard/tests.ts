import type { ScorecardTest } from "./card.ts";
import { t04 } from "./t04.ts";
import { t05 } from "./t05.ts";
import { t06 } from "./t06.ts";
import { t07 } from "./t07.ts";
import { t08 } from "./t08.ts";
import { t14 } from "./t14.ts";
import { t15 } from "./t15.ts";

/** Every test of the card, in its order. */
export const TESTS: readonly ScorecardTest[] = [t04, t05, t06, t07, t08, t14, t15];

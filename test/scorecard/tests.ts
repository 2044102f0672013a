import type { ScorecardTest } from "./card.ts";
import { t01 } from "./t01.ts";
import { t02 } from "./t02.ts";
import { t03 } from "./t03.ts";
import { t04 } from "./t04.ts";
import { t05 } from "./t05.ts";
import { t06 } from "./t06.ts";
import { t07 } from "./t07.ts";
import { t08 } from "./t08.ts";
import { t09 } from "./t09.ts";
import { t10 } from "./t10.ts";
import { t11 } from "./t11.ts";
import { t12 } from "./t12.ts";
import { t13 } from "./t13.ts";
import { t14 } from "./t14.ts";
import { t15 } from "./t15.ts";
import { t26 } from "./t26.ts";
import { t27 } from "./t27.ts";
import { t28 } from "./t28.ts";
import { t30 } from "./t30.ts";
import { t35 } from "./t35.ts";
import { t36 } from "./t36.ts";
import { t38 } from "./t38.ts";
import { t39 } from "./t39.ts";

/** Every test of the card, in its order. */
export const TESTS: readonly ScorecardTest[] = [
  ...[t01, t02, t03, t04, t05, t06, t07, t08],
  ...[t09, t10, t11, t12, t13, t14, t15],
  ...[t26, t27, t28, t30],
  ...[t35, t36, t38, t39],
];

import type { Dice } from "../../src/simulate/dice.ts";

/** Epoch milliseconds as CloudTrail writes them. */
export function written(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

const ODD: readonly unknown[] = [
  ...[
    "",
    " ",
    "NaN",
    "Infinity",
    "null",
    "Invalid Date",
    "never",
    "01/02/2026",
    "20.11.2026",
    "2026-11-20",
    "10:00:00",
  ],
  ...["0000-00-00T00:00:00Z", "+275760-09-13T00:00:00Z", "-000001-01-01T00:00:00Z", "12026-11-20T10:00:00Z"],
  ...["Fri, 20 Nov 2026 10:00:00 GMT", "Nov 20, 2026, 10:00:00 AM", "2026-W47-5T10:00:00Z", "2026-324T10:00:00Z"],
  ...["2026-11-20T10:00:00+02:00", "2026-11-20t10:00:00z", "2026-11-20T10:00Z", "20261120T100000Z", "1763632800"],
  ...["１９９９-11-20T10:00:00Z", "2026-11-20T10:00:00Z\n", "\u00002026-11-20T10:00:00Z", "2026‑11‑20T10:00:00Z"],
  ...[null, true, false, 0, -1, 1_763_632_800, 1_763_632_800_000, 1e308, 1.5, [], {}, ["2026-11-20T10:00:00Z"]],
  ...[{ $date: "2026-11-20T10:00:00Z" }, "2016-12-31T23:59:60Z", "1969-12-31T23:59:59Z", "2012-12-31T23:59:59Z"],
];
const CHARACTERS = "0123456789-:TZ +/.eéa\n\u0000";

/** What stands where an event's time belongs, and is none or nearly none. */
export function malformedDate(timeMs: number, chance: Dice): unknown {
  const text = written(timeMs);
  const at = chance.below(text.length);
  const two = (from: number, to: number): string => String(from + chance.below(to - from)).padStart(2, "0");
  switch (chance.below(6)) {
    case 0:
      return chance.pick(ODD);
    case 1:
      return `2026-${chance.pick(["02", "04", "06", "09", "11"])}-${two(30, 40)}T${text.slice(11)}`;
    case 2:
      return `${text.slice(0, 5)}${two(0, 20)}-${two(0, 40)}T${two(0, 30)}:${two(0, 70)}:${two(0, 70)}Z`;
    case 3:
      return text.slice(0, at) + CHARACTERS.charAt(chance.below(CHARACTERS.length)) + text.slice(at + 1);
    case 4:
      return text.slice(0, at) + text.slice(at + 1 + chance.below(4));
    default:
      return `${text.slice(0, 19)}.${"9".repeat(chance.below(12))}${chance.pick(["", "Z", "ZZ", " UTC"])}`;
  }
}

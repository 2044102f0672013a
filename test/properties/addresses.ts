import { dice, type Dice } from "../../src/simulate/dice.ts";
import { HOME } from "../../src/detectors/example.ts";
import type { Place } from "../../src/ranges/place.ts";

/** What may stand for an address, and the places that it must not be given. */
export interface OddAddress {
  readonly address: string;
  readonly never: readonly Place["kind"][];
}

const ADDRESS: readonly Place["kind"][] = ["owned", "aws", "outside", "private", "foreign-endpoint"];
const NAMED: readonly Place["kind"][] = ["service", "aws-internal"];
const SERVICES = ["lambda", "config", "cloudformation", "ec2", "sts", "s3", "elasticmapreduce"];

/** Both kinds of Amazon's own are not to be claimed by anything that is not theirs to the letter. */
const KINDS: readonly ((chance: Dice) => OddAddress)[] = [
  (chance) => ({ address: withZeros(HOME, chance), never: [...ADDRESS, ...NAMED] }),
  (chance) => ({ address: withZeros(`${chance.below(10)}.237.252.245`, chance), never: [...ADDRESS, ...NAMED] }),
  () => ({ address: `::ffff:${HOME}`, never: NAMED }),
  (chance) => ({ address: `::ffff:c633:64${chance.hex(2)}`, never: NAMED }),
  (chance) => ({
    address: `fe80::${chance.hex(3)}%${chance.pick(["eth0", "1", "", "en0%25"])}`,
    never: ["owned", ...NAMED],
  }),
  (chance) => ({ address: `${HOME}%${chance.pick(["eth0", "1", ""])}`, never: [...ADDRESS, ...NAMED] }),
  (chance) => ({
    address: `${chance.pick(SERVICES)}.amazonaws.com`,
    never: [...ADDRESS, "aws-internal", "unparsable"],
  }),
  (chance) => ({ address: `${chance.pick(SERVICES)}.amazonaws.com.evil.example`, never: [...ADDRESS, ...NAMED] }),
  (chance) => ({
    address: chance.pick(["AWS Internal", "AWS Internal/3"]),
    never: [...ADDRESS, "service", "unparsable"],
  }),
  (chance) => ({
    address: chance.pick(["aws internal", "AWS Internal ", "AWS Internal/x"]),
    never: ["owned", ...NAMED],
  }),
  (chance) => ({ address: chance.pick(["", " ", "-", "null", "unknown", "HIDDEN"]), never: [...ADDRESS, ...NAMED] }),
  (chance) => ({
    address: `${HOME}${chance.pick([" ", ":443", "/24", ".", "\n", ", 10.0.0.1"])}`,
    never: ["owned", ...NAMED],
  }),
  (chance) => ({
    address: chance.pick(["3325256711", "0xc6336407", "198.51.25607", "198.51.100"]),
    never: ["owned", ...NAMED],
  }),
  (chance) => ({ address: `${256 + chance.below(700)}.1.2.3`, never: [...ADDRESS, ...NAMED] }),
  (chance) => ({
    address: chance.pick(["１９８.51.100.7", "198。51。100。7", "1:2:3:4:5:6:7:8:9"]),
    never: [...ADDRESS, ...NAMED],
  }),
  (chance) => ({ address: chance.bytes(1 + chance.below(40)).toString("latin1"), never: ["owned", ...NAMED] }),
];

/** Another address for each seed, every kind in turn. */
export function oddAddresses(seed: number): OddAddress {
  return KINDS[seed % KINDS.length]!(dice(seed, "addresses"));
}

/** An octal to some readers, a decimal to others, and so an address to none. */
function withZeros(address: string, chance: Dice): string {
  const padded = chance.below(4);
  return address
    .split(".")
    .map((part, at) => (at === padded ? `0${part}` : part))
    .join(".");
}

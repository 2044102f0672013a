import { dice, type Dice } from "../../../src/simulate/dice.ts";
import type { Customer } from "../../../src/simulate/customer.ts";
import type { Estate } from "../../../src/simulate/estate.ts";
import type { ExternalIdStrength } from "../../../src/trail/call.ts";
import { strengthOf, type Digester } from "../../../src/trail/external-id.ts";

/** An estate whose customers have other external IDs, of every strength, as the draw has it. */
export function withIdsOf(estate: Estate, draw: string): Estate {
  const chance = dice(estate.seed, `external IDs ${draw}`);
  return {
    ...estate,
    customers: estate.customers.map((customer) => {
      const { index, former } = customer;
      const make = (): string => idOf(index, chance);
      return { ...customer, externalId: make(), former: former && { ...former, externalId: make() } };
    }),
  };
}

/** Of the strength that customers of this number have; never another customer's. */
function idOf(index: number, chance: Dice): string {
  const nth = String(index).padStart(3, "0");
  const makes: readonly [ExternalIdStrength, () => string][] = [
    ["strong", () => chance.uuid()],
    ["weak", () => `acme-${10 + chance.below(90)}${nth}`],
    ["fair", () => `${chance.hex(8)}-${chance.hex(4)}-1${chance.hex(3)}-8${chance.hex(3)}-${chance.hex(12)}`],
    ["strong", () => chance.bytes(24).toString("base64url")],
  ];
  const [strength, make] = makes[index % makes.length] ?? ["strong", () => chance.uuid()];
  for (;;) {
    const id = make();
    if (strengthOf(id) === strength) return id;
  }
}

/** Digests the IDs of one estate as those of another, and judges the strength of the ID that it is given. */
export function digestingAs(digester: Digester, own: Estate, others: Estate): Digester {
  const other = new Map(own.customers.flatMap((customer, at) => pairs(customer, others.customers[at] ?? customer)));
  const externalId = (id: string): string => digester.externalId(other.get(id) ?? id);
  return { ...digester, externalId, seen: (id) => ({ digest: externalId(id), strength: strengthOf(id) }) };
}

function pairs(own: Customer, other: Customer): [string, string][] {
  const former: [string, string][] =
    own.former === null || other.former === null ? [] : [[own.former.externalId, other.former.externalId]];
  return [[own.externalId, other.externalId], ...former];
}

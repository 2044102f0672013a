import { dice, type Dice } from "../../../src/simulate/dice.ts";
import type { Customer } from "../../../src/simulate/customer.ts";
import type { Estate } from "../../../src/simulate/estate.ts";
import type { TrailRecord } from "../../../src/simulate/record.ts";
import { accountOf } from "../../../src/trail/arn.ts";

/** Everything that a text is called instead, of the same length and made of the same classes of characters. */
export interface Disguise {
  readonly estate: Estate;
  /** A record of the disguised estate, with ids of its own where it concerns whom the disguise is for. */
  readonly record: (record: TrailRecord) => TrailRecord;
}

/**
 * An estate in which everybody but one tenant is called otherwise: names, accounts, roles, external IDs, and in what was
 * recorded of them the ids of events, requests and issued keys.
 */
export function disguised(estate: Estate, except: string, seed: number): Disguise {
  const others = aliases(dice(seed, `disguise of all but ${except}`));
  const customers = estate.customers.map((customer): Customer => {
    if (customer.tenant === except) return customer;
    const { role, former } = customer;
    const account = others(customer.account);
    const name = role.arn.slice(role.arn.lastIndexOf("/") + 1);
    const arn = role.arn.replace(customer.account, account).replace(name, `Vendor-${others(name.slice(7))}`);
    return {
      ...customer,
      ...{ tenant: others(customer.tenant), account, externalId: uuidLike(others, customer.externalId) },
      role: { arn, id: `AROA${others(role.id.slice(4))}` },
      former: former && { ...former, externalId: uuidLike(others, former.externalId) },
    };
  });
  const hidden = new Set(customers.filter(({ tenant }) => tenant !== except).map(({ account }) => account));
  const issued = new Map<string, string>();
  return {
    estate: { ...estate, customers },
    record: (record) => {
      const concerns = (record.requestParameters as { roleArn?: string } | null)?.roleArn ?? record.errorMessage ?? "";
      const target = /arn:[^ ]*:iam::\d{12}:role\/[^ ]*$/.exec(typeof concerns === "string" ? concerns : "")?.[0] ?? "";
      const isHidden = hidden.has(accountOf(target) ?? "");
      const key = /"ASIA[A-Z2-7]{16}","sessionToken"/.exec(JSON.stringify(record.responseElements ?? null))?.[0];
      if (isHidden && key !== undefined) issued.set(key.slice(1, 21), `ASIA${others(key.slice(5, 21))}`);
      const text = JSON.stringify(record).replace(/ASIA[A-Z2-7]{16}/g, (own) => issued.get(own) ?? own);
      const renamed = JSON.parse(text) as TrailRecord;
      if (!isHidden) return renamed;
      const ids = ["eventID", "requestID", "sharedEventID"].filter((field) => typeof record[field] === "string");
      return {
        ...renamed,
        ...Object.fromEntries(ids.map((field) => [field, uuidLike(others, String(record[field]))])),
      };
    },
  };
}

/** Version and variant of a UUID stay, so that it is as strong as before. */
function uuidLike(others: (text: string) => string, uuid: string): string {
  const next = others(uuid);
  return `${next.slice(0, 14)}4${next.slice(15, 19)}${uuid.charAt(19)}${next.slice(20)}`;
}

/** Another text for each, always the same one, and no text for two. */
function aliases(chance: Dice): (text: string) => string {
  const known = new Map<string, string>();
  const taken = new Set<string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    for (let attempt = 0; attempt < 1000; attempt++) {
      const next = Array.from(text, (character, at) => otherOf(character, at, text, chance)).join("");
      if (taken.has(next) || next === text) continue;
      taken.add(next);
      known.set(text, next);
      return next;
    }
    throw new RangeError("a text has no other of its class");
  };
}

function otherOf(character: string, at: number, text: string, chance: Dice): string {
  const isHex = /^[0-9a-f-]+$/.test(text) && /[a-f-]/.test(text);
  if (isHex && character !== "-") return chance.hex(1);
  // An account number that begins with a zero is apt to be read as a number.
  if (/\d/.test(character))
    return String(at === 0 ? 1 + chance.below(9) : /[A-Z]/.test(text) ? 2 + chance.below(6) : chance.below(10));
  if (/[a-z]/.test(character)) return String.fromCharCode(97 + chance.below(26));
  return /[A-Z]/.test(character) ? String.fromCharCode(65 + chance.below(26)) : character;
}

import { openValue } from "../../trail/envelopes/open.ts";
import { piecesOf } from "../../trail/envelopes/text.ts";
import { isFields, type Found, type TrustPolicy } from "./found.ts";
import { bare, policiesIn } from "./iam.ts";
import { policySetBy } from "./trail.ts";

interface Finding {
  readonly policies: TrustPolicy[];
  readonly skipped: Map<string, number>;
  readonly rejected: { where: string; reason: string }[];
}

/**
 * Finds every trust policy in the content of a file: IAM's answers, policies by themselves, CloudTrail's records in any of
 * their envelopes; one JSON document, one a line, or one after another. Never throws.
 */
export function trustPoliciesIn(content: Uint8Array): Found {
  const found: Finding = { policies: [], skipped: new Map(), rejected: [] };
  const text = textOf(content);
  if (text === null) return { ...found, rejected: [{ where: "", reason: "invalid UTF-8" }] };
  const whole = parsed(text);
  if (whole !== undefined) look(whole, "", found);
  else if (/^\s*%7B/i.test(text)) found.policies.push(bare(text.trim(), ""));
  else {
    let pieces = 0;
    for (const piece of piecesOf(text, (raw) => raw)) {
      pieces++;
      const where = `line ${piece.line}`;
      if ("value" in piece) look(piece.value, where, found);
      else found.rejected.push({ where, reason: piece.reason });
    }
    if (pieces === 0) found.rejected.push({ where: "", reason: "empty" });
  }
  return found;
}

function textOf(content: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function look(value: unknown, where: string, found: Finding): void {
  const listed = Array.isArray(value) ? value : null;
  const ofIam = isFields(value) ? policiesIn(value, where) : null;
  if (ofIam !== null) found.policies.push(...ofIam);
  else if (listed?.some((each) => isFields(each) && policiesIn(each, "") !== null) === true) {
    listed.forEach((each, at) => {
      look(each, `${where}[${at}]`, found);
    });
  } else if (typeof value === "string" && /^\s*(?:\{|%7B)/i.test(value)) found.policies.push(bare(value, where));
  else lookAtTrail(value, where, found);
}

function lookAtTrail(value: unknown, where: string, found: Finding): void {
  const { records, objects, skipped, rejected } = openValue(value);
  records.forEach((record, at) => {
    const set = policySetBy(record, [where, `record ${at + 1}`].filter((part) => part !== "").join(", "));
    if (typeof set === "string") count(found, set, 1);
    else found.policies.push(set);
  });
  if (objects.length > 0) count(found, "object elsewhere", objects.length);
  for (const [reason, many] of skipped) count(found, reason, many);
  for (const each of rejected) {
    const inside = each.where === "document" ? "" : each.where;
    const place = [where, inside].filter((part) => part !== "").join(", ");
    found.rejected.push({ where: place, reason: place === where ? NOT_KNOWN : each.reason });
  }
}

const NOT_KNOWN = "neither a trust policy, nor IAM's answer about roles, nor a CloudTrail record";

function count({ skipped }: Finding, reason: string, many: number): void {
  skipped.set(reason, (skipped.get(reason) ?? 0) + many);
}

import { expect, test } from "vitest";
import { compare } from "./hearing.ts";

const told = (id: string, calls: number, ...tenants: string[]) => ({
  ...{ id, calls, account: null },
  ...{ tenant: tenants.length === 1 ? tenants[0]! : null, evidence: tenants.length === 1 ? {} : { tenants } },
});
const narrow = told("narrow", 1, "jade-mill");
const wanted = [told("wide", 70, "jade-mill", "ivory-bank"), narrow];
const grown = [told("wide", 1, "jade-mill"), told("wide", 64, "jade-mill", "ivory-bank"), narrow];

test("who heard of each alert when it was first found and when it had grown has lost nothing", () => {
  expect(compare(wanted, grown, [{ id: "narrow" }])).toEqual({ lost: [], ghosts: [], soundings: 1 });
});

test("an alert that was not heard of when it had grown is lost, and so is one that its tenant did not hear", () => {
  expect(compare(wanted, grown.slice(0, 1), [{ id: "narrow" }]).lost).toEqual(["wide", "narrow"]);
  expect(compare(wanted, grown, []).lost).toEqual(["narrow"]);
});

test("what nobody was to hear is a ghost, whoever heard it", () => {
  const heard = [...grown, told("x", 1)];
  expect(compare(wanted, heard, [{ id: "narrow" }, { id: "y" }]).ghosts).toEqual(["x", "y"]);
});

test("what is told again without having grown is counted", () => {
  expect(compare(wanted, [...grown, ...grown], [{ id: "narrow" }]).soundings).toBe(2);
});

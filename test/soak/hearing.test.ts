import { expect, test } from "vitest";
import { compare } from "./hearing.ts";

const wanted = [
  { id: "wide", calls: 70, tenant: null },
  { id: "narrow", calls: 1, tenant: "jade-mill" },
];
const grown = [{ id: "wide", calls: 1, tenant: "jade-mill" }, { id: "wide", calls: 64, tenant: null }, wanted[1]!];

test("who heard of each alert when it was first found and when it had grown has lost nothing", () => {
  expect(compare(wanted, grown, [{ id: "narrow" }])).toEqual({ lost: [], ghosts: [], soundings: 1 });
});

test("an alert that was not heard of when it had grown is lost, and so is one that its tenant did not hear", () => {
  expect(compare(wanted, grown.slice(0, 1), [{ id: "narrow" }]).lost).toEqual(["wide", "narrow"]);
  expect(compare(wanted, grown, []).lost).toEqual(["narrow"]);
});

test("what nobody was to hear is a ghost, whoever heard it", () => {
  const heard = [...grown, { id: "x", calls: 1, tenant: null }];
  expect(compare(wanted, heard, [{ id: "narrow" }, { id: "y" }]).ghosts).toEqual(["x", "y"]);
});

test("what is told again without having grown is counted", () => {
  expect(compare(wanted, [...grown, ...grown], [{ id: "narrow" }]).soundings).toBe(2);
});

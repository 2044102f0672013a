import { isAbsolute, relative, resolve } from "node:path";
import { Document, isMap, isSeq, parseDocument, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { escapeText } from "../alerts/escape.ts";
import type { RangesProposal } from "../baseline/owned-ranges.ts";
import type { Proposed, RoleProposal } from "../baseline/proposal.ts";
import { accountOf, withoutPath } from "../trail/arn.ts";

/** A configuration to review: what a trail shows, and how often. */
export interface ConfigurationProposal {
  /** What the whole is made of, a line each. */
  readonly notes: readonly string[];
  /** The vendor's, where none are configured. */
  readonly accounts: readonly string[];
  readonly roles: readonly RoleProposal[];
  readonly ranges: RangesProposal;
}

/** The configuration that there is, and where: its paths are relative to its folder. */
export interface Given {
  readonly text: string;
  readonly folder: string;
}

/**
 * The text of a `deputywatch.yaml` that holds what is given, untouched, and what is proposed where nothing is given, each
 * with its counts in a comment. `folder` is where it will lie: paths are written as seen from there.
 */
export function proposedConfiguration(
  { notes, accounts, roles, ranges }: ConfigurationProposal,
  given: Given | null,
  folder: string,
): string {
  const document = given === null ? new Document({ version: 1 }) : parseDocument(given.text);
  if (given !== null) movePaths(document, given.folder, folder);
  if (isMap(document.contents)) document.contents.flow = false;
  if (!document.hasIn(["vendor", "accounts"])) document.setIn(["vendor", "accounts"], document.createNode(accounts));
  proposeRoles(document, roles);
  proposeRanges(document, ranges);
  const before = document.commentBefore;
  document.commentBefore = [commentOf(notes), ...(before ? ["", before] : [])].join("\n");
  return `${document.toString({ lineWidth: 0 }).trimEnd()}\n`;
}

function proposeRoles(document: Document, roles: readonly RoleProposal[]): void {
  const list = listIn(document, "outboundRoles");
  for (const role of roles) {
    const known = list.items.find((item) => isMap(item) && isNamed(item, role.arn));
    const map = isMap(known) ? known : new YAMLMap();
    if (known === undefined) list.add(map);
    map.flow = false;
    const add = (key: string, value: unknown): void => {
      if (!map.has(key) && value !== null) map.set(key, value);
    };
    add("arn", noted({ value: role.arn, why: role.why }));
    add("workload", role.workload);
    add("callers", role.callers && listOf(role.callers));
    add("regions", role.regions && listOf(role.regions));
    add("sessionNames", role.sessionNames && listOf(role.sessionNames));
    add("cadence", role.cadence && cadenceNode(document, role.cadence));
    add("sessionPolicy", role.sessionPolicy && noted(role.sessionPolicy));
    add("maxDuration", role.maxDuration && noted(role.maxDuration));
    addComment(map, role.notes);
  }
}

function isNamed(map: YAMLMap, arn: string): boolean {
  const named = map.get("arn");
  return typeof named === "string" && withoutPath(named) === withoutPath(arn);
}

function cadenceNode(document: Document, { value, why }: NonNullable<RoleProposal["cadence"]>): unknown {
  const node = document.createNode(value) as unknown as YAMLMap;
  node.flow = true;
  node.comment = commentOf([why]);
  return node;
}

function proposeRanges(document: Document, { cidrs, endpoints, notes }: RangesProposal): void {
  if (cidrs.length + endpoints.length === 0) {
    const list = document.get("ranges");
    if (notes.length > 0) addComment(isSeq(list) ? list : document, ["ranges:", ...notes]);
    return;
  }
  const list = listIn(document, "ranges");
  const names = new Set(list.items.map((item) => (isMap(item) ? String(item.get("name")) : "")));
  for (const [name, key, values] of [
    ["learned", "cidrs", cidrs],
    ["learned-endpoints", "vpcEndpoints", endpoints],
  ] as const) {
    if (values.length === 0) continue;
    const map = new YAMLMap();
    map.set("name", freeName(name, names));
    map.set(key, listOf(values));
    list.add(map);
  }
  addComment(list, notes);
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let at = 2; taken.has(free); at++) free = `${name}-${at}`;
  return free;
}

/** The list under a key of the document, made where there is none, written a line an item. */
function listIn(document: Document, key: string): YAMLSeq {
  const known = document.get(key);
  const list = isSeq(known) ? known : new YAMLSeq();
  if (!isSeq(known)) document.set(key, list);
  list.flow = false;
  return list;
}

function listOf(values: readonly Proposed<string>[]): YAMLSeq {
  const list = new YAMLSeq();
  for (const value of values) list.add(noted(value));
  return list;
}

function noted({ value, why }: Proposed<string>): Scalar {
  const scalar = new Scalar(value);
  scalar.comment = commentOf([why]);
  return scalar;
}

/** Lines of a comment; what callers chose stays within its line. */
function commentOf(lines: readonly string[]): string {
  return lines.map((line) => ` ${escapeText(line)}`).join("\n");
}

/** Adds lines behind what is commented already. */
function addComment(node: { comment?: string | null }, lines: readonly string[]): void {
  if (lines.length > 0) node.comment = [...(node.comment ? [node.comment] : []), commentOf(lines)].join("\n");
}

/** Writes the paths that the configuration holds as they are seen from another folder. */
function movePaths(document: Document, from: string, to: string): void {
  if (resolve(from) === resolve(to)) return;
  const moved = (path: string): string => (isAbsolute(path) ? path : relative(to, resolve(from, path)));
  const move = (at: readonly (string | number)[], scheme: string): void => {
    const text = document.getIn(at);
    if (typeof text !== "string" || !text.startsWith(scheme)) return;
    document.setIn(at, scheme + moved(text.slice(scheme.length)));
  };
  move(["tenants", "file"], "");
  move(["externalIds", "key"], "file:");
  const ranges = document.get("ranges");
  if (isSeq(ranges)) for (const at of ranges.items.keys()) move(["ranges", at, "file"], "");
}

/** The accounts of some roles, each once. */
export function accountsOf(arns: readonly string[]): readonly string[] {
  return [...new Set(arns.flatMap((arn) => accountOf(arn) ?? []))].filter((text) => /^\d{12}$/.test(text)).sort();
}

import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { escapeJson, escapeText } from "../../alerts/escape.ts";
import { durationMs } from "../../config/duration.ts";
import { mistake } from "../../config/mistake.ts";
import { formatAddress, parseAddress } from "../../ranges/address.ts";
import type { Address } from "../../ranges/address.ts";
import { buildTable, lookUp, size } from "../../ranges/cidr.ts";
import type { AddressTable, Range } from "../../ranges/cidr.ts";
import { extent } from "../../ranges/extent.ts";
import { readPublished } from "../../ranges/published.ts";
import type { Published } from "../../ranges/published.ts";
import { parseSelector } from "../../ranges/select.ts";
import { EXIT } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

const HOUR_MS = 3_600_000;
const MOST_SHOWN = 10;
const LONGEST_SHOWN = 80;

const HELP = `
Examples:
  deputywatch ranges check ranges.json --max-age 48h
  deputywatch ranges show ranges.json --address 198.51.100.7
  deputywatch ranges show ip-ranges.json --select 'prefixes[service=EC2].ip_prefix'

Exit codes:
  check: 0 usable · 1 too old, or does not tell its age · 2 nothing usable in it
  show: 0 shown · 2 bad usage · 3 an address is in none`;

/** A published list as read from a file. */
interface Listing {
  readonly file: string;
  readonly published: Published;
  readonly table: AddressTable;
}

/**
 * `ranges check` says what published lists hold, how old they are and what in them is unusable: 2 when a list has
 * nothing usable, else 1 when one is older than `--max-age` or does not tell its age, else 0. `ranges show` prints the
 * ranges in their canonical form, or which of them hold the given addresses: 0 when each is in one, 3 otherwise.
 */
export function rangesCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const ranges = new Command("ranges")
    .description("what a published list of address ranges holds")
    .addHelpText("after", HELP);
  ranges
    .command("check")
    .description("format, version, age, size and what is unusable, for each list")
    .argument("<file...>", "lists in any published form: JSON, RFC 8805 geofeed, or a range a line")
    .option("--select <path>", "only these ranges, as prefixes[service=EC2].ip_prefix; repeatable", collect, [])
    .option("--max-age <duration>", "fail when a list is older, such as 48h or 7d", readMaxAge)
    .action(async (files: string[], options: { select: string[]; maxAge?: number }) => {
      const listings = await readAll(files, options.select);
      const maxAgeMs = options.maxAge ?? null;
      await terminal.out(listings.map((listing) => reportOf(listing, terminal.now(), maxAgeMs)).join("\n"));
      if (listings.some(({ published }) => published.entries.length === 0)) finish(EXIT.usage);
      else
        finish(
          listings.some(({ published }) => isStale(published, terminal.now(), maxAgeMs)) ? EXIT.failed : EXIT.quiet,
        );
    });
  ranges
    .command("show")
    .description("the ranges of published lists, or those that hold an address")
    .argument("<file...>", "lists in any published form")
    .option("--select <path>", "only these ranges; repeatable", collect, [])
    .option("--address <address>", "look this address up; repeatable", collect, [])
    .option("--format <format>", "text (tab-separated) or json", "text")
    .action(async (files: string[], options: { select: string[]; address: string[]; format: string }) => {
      const json = isJson(options.format);
      const addresses = options.address.map(readAddress);
      const listings = await readAll(files, options.select);
      for (const { file, published } of listings) {
        const count = published.rejects.length;
        if (count > 0) terminal.err(`${escapeText(file)}: ${count} rejected; \`ranges check\` names them\n`);
      }
      const rows = addresses.length === 0 ? rangesIn(listings) : addresses.flatMap((at) => rangesAround(at, listings));
      await terminal.out(json ? `${escapeJson(JSON.stringify(rows, null, 1))}\n` : rows.map(line).join(""));
      finish(rows.length === 0 || rows.some(({ cidr }) => cidr === null) ? EXIT.nothingRead : EXIT.quiet);
    });
  return ranges;
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function readMaxAge(text: string): number {
  const maxAgeMs = durationMs(text);
  if (maxAgeMs !== null) return maxAgeMs;
  throw mistake(`--max-age: "${escapeText(text)}" is no duration`, "write a number and s, m, h or d: 48h");
}

function isJson(format: string): boolean {
  if (format === "json" || format === "text") return format === "json";
  throw mistake(`--format: "${escapeText(format)}" is no format of this command`, "text or json");
}

function readAddress(text: string): Address {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw mistake(`--address: "${escapeText(text)}" is no IPv4 or IPv6 address`, "as in 203.0.113.9 or 2001:db8::9");
}

async function readAll(files: readonly string[], select: readonly string[]): Promise<readonly Listing[]> {
  for (const path of select) {
    const { reason } = parseSelector(path);
    if (reason !== undefined) {
      throw mistake(`--select: ${escapeText(`${path}: ${reason}`)}`, "as in prefixes[service=EC2].ip_prefix");
    }
  }
  return Promise.all(
    files.map(async (file) => {
      const published = readPublished(await textOf(file), { name: file, select });
      return { file, published, table: buildTable(published.entries) };
    }),
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : String(code);
    throw mistake(
      `${escapeText(file)}: ${why}`,
      "name a list on this disk, such as a downloaded ip-ranges.json",
      error,
    );
  }
}

function reportOf({ file, published, table }: Listing, nowMs: number, maxAgeMs: number | null): string {
  const { entries, rejects, format, version } = published;
  const { ipv4, ipv6, nested } = extent(table);
  const repeated = entries.length - size(table);
  const lines = [
    `${file}: ${format}, ${version === null ? "no version" : `version ${version}`}, ${ageOf(published, nowMs)}`,
    `IPv4: ${counted(ipv4.networks, "range")}, ${counted(ipv4.addresses, "address", "addresses")}`,
    `IPv6: ${counted(ipv6.networks, "range")}, ${subnets(ipv6.subnets)}`,
  ];
  if (repeated + nested > 0) {
    lines.push(
      `overlap: ${number(repeated)} listed again, ${number(nested)} within another; the most specific one counts`,
    );
  }
  if (published.found.size > 0) lines.push(`found at: ${selectorsOf(published.found)}`);
  if (isStale(published, nowMs, maxAgeMs)) {
    const why = published.publishedAtMs === null ? "perhaps too old: it does not tell its age" : "too old";
    lines.push(`${why}; what a stale list lacks looks like an intruder`);
  }
  if (rejects.length > 0) lines.push(`rejected: ${number(rejects.length)}`);
  for (const { where, text, reason } of rejects.slice(0, MOST_SHOWN)) {
    lines.push(`  ${cut(where)}${text === "" || text === where ? "" : ` "${cut(text)}"`}: ${reason}`);
  }
  if (rejects.length > MOST_SHOWN) lines.push(`  and ${number(rejects.length - MOST_SHOWN)} more`);
  return lines.map((text, index) => `${index === 0 ? "" : "  "}${escapeText(text)}\n`).join("");
}

function ageOf({ publishedAtMs }: Published, nowMs: number): string {
  if (publishedAtMs === null) return "of unknown age";
  const hours = Math.floor((nowMs - publishedAtMs) / HOUR_MS);
  const age = hours < 0 ? "in the future" : hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
  return `published ${new Date(publishedAtMs).toISOString()} (${age})`;
}

/** An age that the list does not tell cannot be shown to be small enough. */
function isStale({ publishedAtMs }: Published, nowMs: number, maxAgeMs: number | null): boolean {
  return maxAgeMs !== null && (publishedAtMs === null || nowMs - publishedAtMs > maxAgeMs);
}

function selectorsOf(found: Published["found"]): string {
  const most = [...found].sort(([, a], [, b]) => b - a);
  const shown = most.slice(0, 4).map(([selector, count]) => `${cut(selector)} (${number(count)})`);
  return [...shown, ...(most.length > 4 ? [`and ${most.length - 4} more`] : [])].join(", ");
}

function subnets(count: number): string {
  return count > 0 && count < 1 ? "less than one /64 network" : counted(Math.round(count), "/64 network");
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function cut(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}

/** One line of `show`. `cidr` is null where no list holds the address. */
interface Row {
  readonly address?: string;
  readonly cidr: string | null;
  readonly region: string | null;
  readonly service: string | null;
  readonly file: string | null;
}

function rangesIn(listings: readonly Listing[]): readonly Row[] {
  return listings.flatMap(({ file, table }) => table.ranges.map((range) => row(range, file)));
}

function rangesAround(address: Address, listings: readonly Listing[]): readonly Row[] {
  const held = listings.flatMap(({ file, table }) => {
    const range = lookUp(table, address);
    return range === undefined ? [] : [row(range, file)];
  });
  const rows = held.length > 0 ? held : [{ cidr: null, region: null, service: null, file: null }];
  return rows.map((each) => ({ address: formatAddress(address), ...each }));
}

function row({ cidr, region, service }: Range, file: string): Row {
  return { cidr: cidr.text, region, service, file };
}

function line({ address, cidr, region, service, file }: Row): string {
  const cells = [...(address === undefined ? [] : [address]), cidr ?? "in no range", region, service, file];
  return `${cells.map((cell) => escapeText(cell ?? "-")).join("\t")}\n`;
}

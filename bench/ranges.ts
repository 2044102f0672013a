import { BlockList } from "node:net";
import IPCIDR from "ip-cidr";
import { formatAddress, ipv4, isIpv4, parseAddress } from "../src/ranges/address.ts";
import type { Address } from "../src/ranges/address.ts";
import { buildTable, lookUp, readCidr } from "../src/ranges/cidr.ts";
import type { Range } from "../src/ranges/cidr.ts";

const ROUNDS = 5;
const ROUND_MS = 80;
const SIZES = [10, 200, 10_000];
const ADDRESSES = 20_000;

/** Which of the texts it holds; a contender reads each text anew and remembers nothing of it. */
type Contender = (text: string) => boolean;

/**
 * Look-ups a second from an address's text to the label of the most specific range around it, IPv4 and IPv6 mixed,
 * half of them in some range; then how many times as fast that is as `net.BlockList` (which cannot say which range)
 * and as asking each `ip-cidr` in turn. Medians of rounds, every contender in the same run.
 */
export async function rangesBench(print: (line: string) => void): Promise<void> {
  for (const size of SIZES) {
    const next = dice(size);
    const ranges = Array.from({ length: size }, () => someRange(next));
    const texts = Array.from({ length: ADDRESSES }, (_, index) => someAddress(next, index % 2 === 0 ? ranges : []));
    const [own, blockList, ipCidr] = [table(ranges), listOfBlocks(ranges), oneByOne(ranges)];
    const sample = texts.slice(0, 40);
    if (sample.some((text) => own(text) !== blockList(text) || own(text) !== ipCidr(text))) {
      throw new Error("the contenders disagree: nothing was measured");
    }
    const perSecond = lookUpsPerSecond(own, texts);
    print(
      `ranges: ${count(perSecond)} look-ups/s over ${count(size)} ranges, ` +
        `${count(perSecond / lookUpsPerSecond(blockList, texts))} × net.BlockList, ` +
        `${count(perSecond / lookUpsPerSecond(ipCidr, texts))} × ip-cidr contains`,
    );
    await new Promise(setImmediate);
  }
}

function table(ranges: readonly Range[]): Contender {
  const built = buildTable(ranges);
  return (text) => {
    const address = parseAddress(text);
    return address !== undefined && lookUp(built, address)?.region === "somewhere";
  };
}

function listOfBlocks(ranges: readonly Range[]): Contender {
  const blocks = new BlockList();
  for (const { cidr } of ranges) {
    const [network = "", length] = cidr.text.split("/");
    blocks.addSubnet(network, Number(length), isIpv4(cidr.first) ? "ipv4" : "ipv6");
  }
  return (text) => blocks.check(text, text.includes(":") ? "ipv6" : "ipv4");
}

function oneByOne(ranges: readonly Range[]): Contender {
  const networks = ranges.map(({ cidr }) => new IPCIDR(cidr.text));
  return (text) => networks.some((network) => network.contains(text));
}

function lookUpsPerSecond(contender: Contender, texts: readonly string[]): number {
  const rates = Array.from({ length: ROUNDS }, (_, round) => {
    const start = performance.now();
    let done = 0;
    let elapsedMs = 0;
    for (let batch = 1; elapsedMs < ROUND_MS; batch *= 2) {
      for (let index = 0; index < batch; index++) contender(texts[(round * 997 + done++) % texts.length] ?? "");
      elapsedMs = performance.now() - start;
    }
    return (1000 * done) / elapsedMs;
  });
  return rates.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
}

function someRange(next: () => number): Range {
  const v6 = next() % 2 === 0;
  const length = v6 ? 32 + (next() % 33) : 14 + (next() % 15);
  const { cidr } = readCidr(`${formatAddress(v6 ? globalV6(next) : publicV4(next))}/${length}`);
  if (cidr === undefined) throw new Error("the bench made a range that is none");
  return { cidr, region: "somewhere", service: null };
}

/** Within one of the ranges, or anywhere where there are none. */
function someAddress(next: () => number, ranges: readonly Range[]): string {
  const around = ranges[next() % Math.max(ranges.length, 1)];
  if (around === undefined) return formatAddress(next() % 2 === 0 ? globalV6(next) : publicV4(next));
  const { first, last } = around.cidr;
  const within = (word: 0 | 1 | 2 | 3) => (first[word] | (next() & (last[word] ^ first[word]))) >>> 0;
  return formatAddress([within(0), within(1), within(2), within(3)]);
}

function publicV4(next: () => number): Address {
  return ipv4((((1 + (next() % 222)) << 24) | (next() & 0xffffff)) >>> 0);
}

function globalV6(next: () => number): Address {
  return [(0x20000000 | (next() >>> 3)) >>> 0, next(), next(), next()];
}

/** Xorshift, 32 bits: the same numbers in every run. */
function dice(seed: number): () => number {
  let state = (seed * 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state;
  };
}

function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

if (import.meta.main) await rangesBench((line) => process.stdout.write(`${line}\n`));

import type { Dice } from "./dice.ts";
import { integer } from "./distributions.ts";

/** What a session name is made of. */
export interface NameOf {
  readonly tenant: string;
  readonly account: string;
  readonly timeMs: number;
  /** Which build of the workload is at work. */
  readonly build: Build;
  /** Which of its workers, from 0. */
  readonly worker: number;
}

/** One deployment of a workload, by its hashes and its code name. */
export interface Build {
  readonly hash: string;
  /** As a Kubernetes ReplicaSet's pods bear it. */
  readonly replicaSet: string;
  readonly words: string;
  readonly podOf: (worker: number) => string;
}

/** How a workload names the sessions that it opens in customers' accounts. */
export interface Naming {
  /** What its names begin with, or would if anybody made one up. */
  readonly prefix: string;
  /** As `sessionNames` of the configuration says it; null for names that no template can foresee. */
  readonly glob: string | null;
  readonly name: (of: NameOf, chance: Dice) => string;
}

const KUBERNETES = "bcdfghjklmnpqrstvwxz2456789";
const ADJECTIVES = ["amber", "brisk", "calm", "dusty", "eager", "frosty", "gentle", "hazy", "ivory", "jolly", "keen"];
const NOUNS = ["badger", "comet", "delta", "ember", "falcon", "glacier", "harbor", "iris", "juniper", "kestrel"];

/** Letters as Kubernetes makes them: no vowels, so that no word comes out. */
function letters(chance: Dice, length: number): string {
  return Array.from({ length }, () => KUBERNETES.charAt(chance.below(KUBERNETES.length))).join("");
}

/** The build that a deployment put to work. `chance` is of that deployment alone. */
export function buildOf(chance: Dice): Build {
  const pods = Array.from({ length: 64 }, () => letters(chance, 5));
  return {
    hash: chance.hex(7),
    replicaSet: letters(chance, 10),
    words: `${chance.pick(ADJECTIVES)}-${chance.pick(NOUNS)}`,
    podOf: (worker) => pods[worker % pods.length] ?? "",
  };
}

/** Any of the ways in which workloads name their sessions. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function namingOf(prefix: string, chance: Dice): Naming {
  const digits = integer(chance, 3, 6);
  const ways: readonly Omit<Naming, "prefix">[] = [
    {
      glob: `${prefix}-{tenant}-*`,
      name: ({ tenant }, each) => `${prefix}-${tenant}-${each.hex(8)}`,
    },
    {
      glob: `${prefix}-??????????-?????`,
      name: ({ build, worker }) => `${prefix}-${build.replicaSet}-${build.podOf(worker)}`,
    },
    {
      glob: `${prefix}-???????-*`,
      name: ({ build }, each) => `${prefix}-${build.hash}-${each.below(10 ** digits)}`,
    },
    {
      glob: "????????-????-4???-????-????????????",
      name: (_, each) => each.uuid(),
    },
    {
      glob: "{account}-*",
      name: ({ account, timeMs }) => `${account}-${Math.floor(timeMs / 1000)}`,
    },
    { glob: null, name: ({ build }) => build.words },
    { glob: `${prefix}-worker`, name: () => `${prefix}-worker` },
  ];
  return { prefix, ...chance.pick(ways) };
}

/** How the session of the outbound role itself is named, at hop 1. */
export type EntryNaming = "worker" | "pod" | "task" | "sdk" | "function";

/** The name of an outbound role's session. */
export function entryName(way: EntryNaming, prefix: string, { build, worker, timeMs }: NameOf, chance: Dice): string {
  switch (way) {
    case "worker":
      return `${prefix}-worker-${worker + 1}`;
    case "pod":
      return `${prefix}-${build.replicaSet}-${build.podOf(worker)}`;
    case "task":
      return chance.hex(32);
    case "sdk":
      return `botocore-session-${Math.floor(timeMs / 1000)}`;
    case "function":
      return `${prefix}-function`;
  }
}

/** Names that SDKs and tools give by themselves. */
export function defaultName(timeMs: number, chance: Dice): string {
  const seconds = Math.floor(timeMs / 1000);
  const nanoseconds = `${timeMs}${String(chance.below(1_000_000)).padStart(6, "0")}`;
  return chance.pick([
    `botocore-session-${seconds}`,
    `aws-sdk-js-${timeMs}`,
    `aws-go-sdk-${nanoseconds}`,
    nanoseconds,
    "AssumeRoleSession1",
  ]);
}

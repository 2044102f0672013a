import { randomUUID } from "node:crypto";
import type { Vault } from "../../stores/vault/vault.ts";
import type { Registration } from "../../tenants/tenant.ts";
import type { Digester } from "../../trail/external-id.ts";
import { probeMark } from "../../trail/probe.ts";
import type { Answer, Assume, Attempt } from "./assume.ts";

/** What became of a role's probes, the worst first. */
export const VERDICTS = ["lets-in-without-id", "lets-in-with-wrong-id", "refuses", "unclear", "enforced"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What was found of one role. Neither an external ID nor a session's credentials can be told from it. */
export interface Verification {
  readonly registration: Registration;
  readonly verdict: Verdict;
  /** Why nothing better can be said, for people; null where the verdict says it all. */
  readonly why: string | null;
  /** Epoch milliseconds of the verdict. */
  readonly timeMs: number;
}

/** What probing needs of the world. */
export interface ProbeWorld {
  readonly sts: Assume;
  readonly vault: Pick<Vault, "reveal">;
  readonly digester: Digester;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Rejects where the signal ends it. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface Probing {
  readonly sessionName: string;
  /** How long a role may take to become what its customer made it, in milliseconds; 0: it is to be so already. */
  readonly patienceMs: number;
  /** Ends the probing between two calls and within one: the verification then rejects. */
  readonly signal: AbortSignal;
}

/** A role that let in is asked again after so long: a change that was just made is not everywhere at once. */
const CONFIRM_MS = 5_000;
/** A role that refused its own ID is asked again first after this, then after twice that, and so on. */
const AGAIN_MS = 1_000;
const LONGEST_WAIT_MS = 10_000;
/** So often STS is asked for one answer where it is throttled or out of order. */
const TRIES = 4;

/**
 * Probes a customer's role: without an external ID and with a wrong one it must deny, with the right one let in. IAM is
 * eventually consistent, so an answer that speaks against the role is believed when it is still the same after a while:
 * five seconds for one that lets in, the given patience for one that refuses. Only a denial by the role is a denial. Rejects
 * only where `signal` ended it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
 */
export async function verifyRole(
  registration: Registration,
  world: ProbeWorld,
  probing: Probing,
): Promise<Verification> {
  const found = (verdict: Verdict, why: string | null = null): Verification => ({
    registration,
    verdict,
    why,
    timeMs: world.now(),
  });
  const { patienceMs } = probing;
  const slowToShut = { wanted: "denied", patienceMs: Math.max(patienceMs, CONFIRM_MS), firstMs: CONFIRM_MS } as const;

  const without = await insist(null, slowToShut, registration, world, probing);
  if (without.kind === "failed") return found("unclear", without.why);
  if (without.kind === "let-in") return found("lets-in-without-id");

  const wrong = await insist(randomUUID(), slowToShut, registration, world, probing);
  if (wrong.kind === "failed") return found("unclear", wrong.why);
  if (wrong.kind === "let-in") return found("lets-in-with-wrong-id");

  const { id, why } = await revealed(registration.externalId, world);
  if (id === null) return found("unclear", why);
  const right = await insist(id, { wanted: "let-in", patienceMs, firstMs: AGAIN_MS }, registration, world, probing);
  if (right.kind === "failed") return found("unclear", right.why);
  if (right.kind === "let-in") return found("enforced");

  const { previousExternalId, previousUntilMs } = registration;
  if (previousExternalId !== null && previousUntilMs !== null && previousUntilMs > world.now()) {
    const previous = await revealed(previousExternalId, world);
    const old = previous.id === null ? null : await answered(previous.id, registration, world, probing);
    if (old?.kind === "let-in") {
      const until = new Date(previousUntilMs).toISOString().slice(0, 10);
      return found("refuses", `still on the previous external ID, until ${until}`);
    }
  }
  return found("refuses", patienceMs === 0 ? null : `for ${Math.round(patienceMs / 1000)} s`);
}

interface Insisting {
  /** What a sound role answers. */
  readonly wanted: "let-in" | "denied";
  readonly patienceMs: number;
  readonly firstMs: number;
}

/** Asks until the role answers as a sound one does, or for as long as patience lasts. */
async function insist(
  externalId: string | null,
  { wanted, patienceMs, firstMs }: Insisting,
  registration: Registration,
  world: ProbeWorld,
  probing: Probing,
): Promise<Answer> {
  let endMs: number | null = null;
  for (let waitMs = firstMs; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
    const answer = await answered(externalId, registration, world, probing);
    if (answer.kind === "failed" || answer.kind === wanted) return answer;
    const nowMs = world.now();
    // From the first answer on: one that was long in coming is not believed the sooner.
    endMs ??= nowMs + patienceMs;
    const leftMs = endMs - nowMs;
    if (leftMs <= 0) return answer;
    await world.sleep(Math.min(leftMs, waitMs * (1 + world.random() / 4)), probing.signal);
  }
}

/** One answer of STS's, asked for again where what was wrong passes. Each attempt bears a mark of its own time. */
async function answered(
  externalId: string | null,
  { roleArn, region }: Registration,
  { sts, digester, now, sleep, random }: ProbeWorld,
  { sessionName, signal }: Probing,
): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    const attempt: Attempt = {
      roleArn,
      region: region ?? defaultRegion(roleArn),
      sessionName,
      externalId,
      mark: probeMark(digester, roleArn, now()),
    };
    const answer = await sts(attempt, signal);
    if (answer.kind !== "failed" || !answer.passing || tries === TRIES) return answer;
    await sleep(random() * Math.min(LONGEST_WAIT_MS, AGAIN_MS * 2 ** tries), signal);
  }
}

/** The region whose endpoint every account of the partition may ask. */
function defaultRegion(roleArn: string): string {
  const partition = roleArn.split(":", 2)[1] ?? "";
  return { "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1" }[partition] ?? "us-east-1";
}

type Revealed = { readonly id: string; readonly why?: undefined } | { readonly id: null; readonly why: string };

/** The ID of a digest, or why there is none to send. A vault of another key would give another's: that is refused. */
async function revealed(
  digest: string | null,
  { vault, digester }: Pick<ProbeWorld, "vault" | "digester">,
): Promise<Revealed> {
  if (digest === null) return { id: null, why: "no external ID is registered" };
  let id: string | null;
  try {
    id = await vault.reveal(digest);
  } catch {
    return { id: null, why: "the vault could not be asked for the external ID" };
  }
  if (id === null) return { id: null, why: "the vault does not hold the external ID" };
  if (digester.externalId(id) !== digest) return { id: null, why: "the vault holds another external ID" };
  return { id };
}

import { onTestFinished } from "vitest";
import { openSts, type StsOptions } from "../../src/pipeline/verify/sts.ts";
import type { ProbeWorld } from "../../src/pipeline/verify/verify-role.ts";
import { memoryVault } from "../../src/stores/vault/memory.ts";
import type { Vault } from "../../src/stores/vault/vault.ts";
import type { Registration } from "../../src/tenants/tenant.ts";
import { digester } from "../../src/trail/external-id.ts";
import { localSts, VENDOR_KEY, type LocalSts } from "./server.ts";

export const VENDOR_USER = "arn:aws:iam::999988887777:user/verifier";
export const OUTBOUND_ROLE = "arn:aws:iam::999988887777:role/integration-scanner";
export const KEY = new Uint8Array(32).fill(7);
export const ours = digester(KEY);

/** A customer's role, and the external ID that its registration has the digest of. */
export interface Customer {
  readonly registration: Registration;
  readonly id: string;
}

/** The n-th customer, active and never verified. */
export function customer(n: number, changes: Partial<Registration> = {}): Customer {
  const account = String(111_122_223_333 + n);
  const id = `b7f1a7e0-93c4-4f1d-8a52-${String(n).padStart(12, "0")}`;
  const registration: Registration = {
    tenant: `tenant-${n}`,
    account,
    roleArn: `arn:aws:iam::${account}:role/Vendor-${n}`,
    externalId: ours.externalId(id),
    previousExternalId: null,
    previousUntilMs: null,
    region: null,
    status: "active",
    sinceMs: null,
    untilMs: null,
    feedTopicArn: null,
    forwardsTrail: false,
    externalIdSinceMs: null,
    verifiedMs: null,
    ...changes,
  };
  return { registration, id };
}

/** A trust policy that lets the outbound role in, under these conditions. */
export function trusting(condition?: object): object {
  const statement = { Effect: "Allow", Principal: { AWS: OUTBOUND_ROLE }, Action: "sts:AssumeRole" };
  return { Version: "2012-10-17", Statement: [{ ...statement, ...(condition && { Condition: condition }) }] };
}

/** As AWS tells customers to write it. */
export function demanding(...ids: readonly string[]): object {
  return trusting({ StringEquals: { "sts:ExternalId": ids } });
}

/** What the SDK reads from its surroundings: where STS is, and who asks. */
export function awsEnvironment(sts: LocalSts): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_STS: sts.endpoint,
    AWS_ACCESS_KEY_ID: VENDOR_KEY,
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_REGION: "eu-west-1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** STS on this machine, and the real client of it, in this process. */
export interface Scene {
  readonly sts: LocalSts;
  readonly vault: Vault;
  readonly world: ProbeWorld;
  /** How long it was slept, in all: no test waits for it. */
  readonly slept: { ms: number };
}

/** `ids` are what the vault holds. */
export async function stsScene(customers: readonly Customer[], options: Partial<StsOptions> = {}): Promise<Scene> {
  const sts = await localSts(VENDOR_USER);
  const before = { ...process.env };
  Object.assign(process.env, awsEnvironment(sts));
  sts.trust(OUTBOUND_ROLE, {
    Statement: [{ Effect: "Allow", Principal: { AWS: VENDOR_USER }, Action: "sts:AssumeRole" }],
  });
  const slept = { ms: 0 };
  const now = (): number => Date.now() + slept.ms;
  const client = await openSts({
    ...{ through: OUTBOUND_ROLE, homeRegion: "eu-west-1", timeoutMs: 5_000, now },
    ...options,
  });
  onTestFinished(async () => {
    client.close();
    await sts.stop();
    process.env = before;
  });
  const vault = memoryVault();
  await vault.keep(new Map(customers.map(({ id }) => [ours.externalId(id), id])));
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    slept.ms += ms;
    return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve();
  };
  return { sts, vault, slept, world: { sts: client.assume, vault, digester: ours, now, sleep, random: () => 0 } };
}

/** What was asked of a customer's role, in order: which external ID, and what came of it. */
export function probesOf({ sts }: Scene, { registration, id }: Customer): readonly string[] {
  return sts.seen
    .filter(({ asked }) => asked.RoleArn === registration.roleArn)
    .map(({ asked, answer }) => {
      const sent = asked.ExternalId === undefined ? "none" : asked.ExternalId === id ? "right" : "wrong";
      return `${sent}: ${answer.code ?? "let in"}`;
    });
}

import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { mistake } from "../../config/mistake.ts";
import { EXTERNAL_ID_DIGEST } from "../../trail/external-id.ts";
import { fullJitter, type Pause } from "../dynamodb/pause.ts";
import { inParallel } from "../in-parallel.ts";
import { evenly, type Pace } from "./pace.ts";
import type { Vault } from "./vault.ts";

/** Where in Secrets Manager the vault is, and how what comes out of it is known to be the right one. */
export interface Place {
  /** What the secrets' names begin with, up to their last `/`. */
  readonly prefix: string;
  /** The KMS key that they are encrypted with; null: the account's own for Secrets Manager. */
  readonly kmsKeyId: string | null;
  /** An ID's digest, as the registry holds it. */
  readonly digestOf: (id: string) => string;
}

/** When the next write may begin, and how long to wait after a refusal. */
export interface Tempo {
  readonly pace: Pace;
  readonly pause: Pause;
}

/**
 * Secrets Manager takes 50 creations, 50 new values and 50 deletions a second from an account and a region, and its other
 * users need some of them.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
const WRITES_A_SECOND = 35;
const AT_ONCE = 8;
/** With what the SDK repeats of its own, minutes. */
const ATTEMPTS = 12;
/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html */
const PAGE = 100;
/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const PREFIX = /^[\w+=.@-]+(?:\/[\w+=.@-]+)*$/;

/**
 * A vault in AWS Secrets Manager: a secret an ID, by the name `PREFIX/<hex of its digest>`, so that whoever may list names
 * learns neither customers nor IDs. CloudTrail tells who read a secret, and never its value. What comes out is digested
 * again: a secret that was given another's value rejects, or one customer's role would be asked for with another's ID.
 *
 * Forgetting deletes at once and without the usual days for recovery: what a customer was told is deleted must not be there
 * to be restored. `digests` may lag some minutes behind, as lists of secrets do. Errors name the digest and what
 * Secrets Manager calls the matter; they bear no cause, whose text could quote what was sent.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
 */
export function secretsManagerVault(client: SecretsManagerClient, place: Place, { pace, pause }: Tempo): Vault {
  const { prefix, digestOf } = place;
  if (!PREFIX.test(prefix) || prefix.length > 256) {
    throw mistake(`${JSON.stringify(prefix)} cannot begin a secret's name`, "write letters, digits, / and -");
  }
  const KmsKeyId = place.kmsKeyId === null ? {} : { KmsKeyId: place.kmsKeyId };

  /** Asks again while it is asked to wait. */
  const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (!isThrottled(error) || attempt + 1 >= ATTEMPTS) throw error;
        await pause(attempt);
      }
    }
  };
  const writing = <T>(ask: () => Promise<T>): Promise<T> =>
    patiently(async () => {
      await pace();
      return ask();
    });

  /** Puts a value where there is a secret; false: there is none any more. */
  const putInto = async (Name: string, SecretString: string): Promise<boolean> => {
    const asked = writing(() => client.send(new PutSecretValueCommand({ SecretId: Name, SecretString })));
    return (await orNull(asked)) !== null;
  };

  /** Between being asked and being deleted a secret is neither there nor is its name free: it is asked for again. */
  const keepOne = async (Name: string, id: string): Promise<boolean> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        await writing(() => client.send(new CreateSecretCommand({ Name, SecretString: id, ...KmsKeyId })));
        return true;
      } catch (error) {
        if (error instanceof ResourceExistsException) {
          if (await putInto(Name, id)) return true;
        } else if (error instanceof InvalidRequestException) {
          await orNull(writing(() => client.send(new RestoreSecretCommand({ SecretId: Name }))));
        } else throw error;
      }
      await pause(attempt);
    }
    return false;
  };

  const where = (digest: string): string => `the vault ${prefix}, ${digest}`;
  const unquoted = async <T>(at: string, asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      throw new Error(`${at}: ${nameOfFailure(error)}`);
    }
  };

  return {
    keep: async (secrets) => {
      await inParallel([...secrets], AT_ONCE, async ([digest, id]) => {
        const kept = await unquoted(where(digest), keepOne(nameOf(prefix, digest), id));
        if (!kept) throw new Error(`${where(digest)}: somebody keeps deleting it`);
      });
    },
    reveal: async (digest) => {
      const request = { SecretId: nameOf(prefix, digest) };
      const asked = patiently(() => client.send(new GetSecretValueCommand(request)));
      const answer = await unquoted(where(digest), orNull(asked));
      if (answer === null) return null;
      const { SecretString = "" } = answer;
      if (digestOf(SecretString) !== digest) throw new Error(`${where(digest)}: what is kept there is another ID`);
      return SecretString;
    },
    forget: async (digests) => {
      await inParallel(digests, AT_ONCE, async (digest) => {
        const request = { SecretId: nameOf(prefix, digest), ForceDeleteWithoutRecovery: true };
        const asked = writing(() => client.send(new DeleteSecretCommand(request)));
        await unquoted(where(digest), orNull(asked));
      });
    },
    digests: async () => {
      const found = new Set<string>();
      const Filters = [{ Key: "name" as const, Values: [`${prefix}/`] }];
      let next: { readonly NextToken?: string | undefined } = {};
      do {
        const request = new ListSecretsCommand({ Filters, MaxResults: PAGE, ...next });
        const { SecretList = [], NextToken } = await unquoted(
          `the vault ${prefix}`,
          patiently(() => client.send(request)),
        );
        for (const { Name = "" } of SecretList) {
          const digest = DIGEST + Name.slice(prefix.length + 1);
          if (Name.startsWith(`${prefix}/`) && EXTERNAL_ID_DIGEST.test(digest)) found.add(digest);
        }
        next = { NextToken };
      } while (next.NextToken !== undefined);
      return [...found].sort();
    },
    // The client is its maker's to close.
    close: () => Promise.resolve(),
  };
}

const DIGEST = "hmac-sha256:";

function nameOf(prefix: string, digest: string): string {
  if (!EXTERNAL_ID_DIGEST.test(digest)) throw new Error(`the vault ${prefix} was asked for what is no digest`);
  return `${prefix}/${digest.slice(DIGEST.length)}`;
}

/** Null where there is no such secret. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}

function isThrottled(error: unknown): boolean {
  return error instanceof Error && (error.name === "ThrottlingException" || error.name === "TooManyRequestsException");
}

/** The name of what went wrong, and of the request for those who ask AWS about it. */
function nameOfFailure(error: unknown): string {
  if (!(error instanceof Error)) return "unknown reason";
  const { requestId } = (error as { readonly $metadata?: { readonly requestId?: string } }).$metadata ?? {};
  return requestId === undefined ? error.name : `${error.name} (request ${requestId})`;
}

/** The vault at this place. Region, credentials and endpoint are the SDK's own to find. */
export function openSecretsManagerVault(place: Place): Vault {
  const client = new SecretsManagerClient();
  const tempo = { pace: evenly(WRITES_A_SECOND, Date.now, sleep), pause: fullJitter(sleep, Math.random) };
  return {
    ...secretsManagerVault(client, place, tempo),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

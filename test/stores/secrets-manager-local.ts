import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

type Body = Readonly<Record<string, unknown>>;

/** What Secrets Manager says instead of an answer. */
interface Refused {
  readonly type: string;
  readonly message: string;
}

/** As much of Secrets Manager as a vault needs, over the same protocol (JSON 1.1), with its moods. */
export interface SecretsManagerLocal {
  readonly client: SecretsManagerClient;
  /** Values by name: what is there, for a test to look at and to spoil. */
  readonly values: Map<string, string>;
  /** Names of secrets that somebody has scheduled for deletion. */
  readonly scheduled: Set<string>;
  /** Every request, in order: the operation and its body. */
  readonly asked: { readonly operation: string; readonly body: Body }[];
  /** Refuses so many of the next requests for being too many. */
  readonly throttle: (requests: number) => void;
  /** Is asked before each operation; what it answers is refused. */
  readonly refuse: (when: (operation: string, body: Body) => Refused | undefined) => void;
  readonly stop: () => Promise<void>;
}

const PAGE = 20;
const NOT_FOUND = { type: "ResourceNotFoundException", message: "Secrets Manager can't find the specified secret." };

export async function startSecretsManager(): Promise<SecretsManagerLocal> {
  const values = new Map<string, string>();
  const scheduled = new Set<string>();
  const asked: { readonly operation: string; readonly body: Body }[] = [];
  const mood: { throttled: number; refusal: (operation: string, body: Body) => Refused | undefined } = {
    throttled: 0,
    refusal: () => undefined,
  };

  const operations: Readonly<Record<string, (body: Body) => Body | Refused>> = {
    CreateSecret: ({ Name, SecretString }) => {
      const name = String(Name);
      if (scheduled.has(name)) return { type: "InvalidRequestException", message: "already scheduled for deletion" };
      if (values.has(name)) return { type: "ResourceExistsException", message: "The secret already exists." };
      values.set(name, String(SecretString));
      return { Name: name };
    },
    PutSecretValue: ({ SecretId, SecretString }) => {
      const name = String(SecretId);
      if (!values.has(name)) return NOT_FOUND;
      values.set(name, String(SecretString));
      return { Name: name };
    },
    GetSecretValue: ({ SecretId }) => {
      const value = values.get(String(SecretId));
      return value === undefined ? NOT_FOUND : { Name: SecretId, SecretString: value };
    },
    DeleteSecret: ({ SecretId, ForceDeleteWithoutRecovery }) => {
      const name = String(SecretId);
      if (!values.has(name)) return NOT_FOUND;
      if (ForceDeleteWithoutRecovery === true) values.delete(name);
      else scheduled.add(name);
      return { Name: name };
    },
    RestoreSecret: ({ SecretId }) => (scheduled.delete(String(SecretId)) ? { Name: SecretId } : NOT_FOUND),
    ListSecrets: ({ Filters, MaxResults, NextToken }) => {
      const prefix = (Filters as readonly { readonly Values: readonly string[] }[])[0]?.Values[0] ?? "";
      const names = [...values.keys()].filter((name) => name.startsWith(prefix)).sort();
      const start = NextToken === undefined ? 0 : Number(NextToken);
      const end = start + Math.min(PAGE, Number(MaxResults));
      const page = names.slice(start, end).map((Name) => ({ Name }));
      return { SecretList: page, ...(end < names.length && { NextToken: String(end) }) };
    },
  };

  const answerTo = (operation: string, body: Body): Body | Refused => {
    asked.push({ operation, body });
    if (mood.throttled > 0) {
      mood.throttled--;
      return { type: "ThrottlingException", message: "Rate exceeded" };
    }
    return (
      mood.refusal(operation, body) ??
      operations[operation]?.(body) ?? { type: "UnknownOperationException", message: "" }
    );
  };

  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
      const answer = answerTo(operation, body);
      const refused = "type" in answer;
      response.writeHead(refused ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(refused ? { __type: answer.type, message: answer.message } : answer));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = clientAt(`http://127.0.0.1:${port}`);
  return {
    ...{ client, values, scheduled, asked },
    throttle: (requests) => {
      mood.throttled = requests;
    },
    refuse: (when) => {
      mood.refusal = when;
    },
    stop: async () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The real client; each refusal is told at once, so that what is repeated is repeated by the vault. */
export function clientAt(endpoint: string, maxSockets = 50): SecretsManagerClient {
  return new SecretsManagerClient({
    requestHandler: { httpAgent: { maxSockets } },
    ...{ endpoint, region: "us-east-1", maxAttempts: 1 },
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Body;
}

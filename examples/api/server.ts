import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isIPv4, type AddressInfo } from "node:net";
import type { HttpAnswer, HttpEvent } from "../../src/api/event.ts";
import { mistake } from "../../src/config/mistake.ts";

/** A server that answers. */
export interface Serving {
  /** `http://127.0.0.1:8787`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** What API Gateway takes, at most. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const LARGEST_BYTES = 10_000_000;

/**
 * Stands in for API Gateway on one machine: each request becomes an event of payload format 2.0, whose JWT claims are made
 * of a development token, `Bearer dev-TENANT`. Whoever reaches the port is whom he says he is, so it listens on loopback
 * alone, and answers to loopback's names alone, or a page in a browser could reach it by a name of its own.
 */
export async function serve(
  handler: (event: HttpEvent) => Promise<HttpAnswer>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Serving> {
  if (!isLoopback(host)) {
    throw mistake(
      `${host} is not a loopback address: its tokens are anybody's`,
      "leave --host out, or write 127.0.0.1",
    );
  }
  const server = createServer((request, response) => {
    respond(request, response, handler).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${isIPv4(host) ? host : `[${host}]`}:${bound}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function isLoopback(host: string): boolean {
  return host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  handler: (event: HttpEvent) => Promise<HttpAnswer>,
): Promise<void> {
  const name = (request.headers.host ?? "").replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  const bytes = name === "localhost" || isLoopback(name) ? await bodyOf(request) : "misdirected";
  if (typeof bytes === "string") {
    response.writeHead(bytes === "too large" ? 413 : 421, { connection: "close" }).end();
    return;
  }
  const { statusCode, headers, body } = await handler(eventOf(request, bytes));
  response.writeHead(statusCode, headers).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | "too large"> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= LARGEST_BYTES) chunks.push(chunk);
  }
  return length <= LARGEST_BYTES ? Buffer.concat(chunks) : "too large";
}

function eventOf(request: IncomingMessage, bytes: Buffer): HttpEvent {
  const [path = "", ...query] = (request.url ?? "").split("?");
  const { cookie, ...headers } = request.headers;
  const tenant = /^Bearer dev-(.+)$/.exec(headers.authorization ?? "")?.[1];
  const isText = Buffer.from(bytes.toString("utf8")).equals(bytes);
  return {
    rawPath: path,
    rawQueryString: query.join("?"),
    ...(cookie !== undefined && { cookies: cookie.split("; ") }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(",")])),
    ...(bytes.length > 0 && { body: bytes.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: !isText,
    requestContext: {
      requestId: randomUUID(),
      stage: "$default",
      http: { method: request.method ?? "" },
      ...(tenant !== undefined && { authorizer: { jwt: { claims: { tenant }, scopes: null } } }),
    },
  };
}

import { regenerate, revealMany, revealOne } from "./external-ids.ts";
import { end, list, read, verify } from "./one-integration.ts";
import { registerAccounts } from "./register-accounts.ts";
import { route, type Route } from "./route.ts";
import {
  integration,
  listQuery,
  listReply,
  nothing,
  regenerateRequest,
  registerReply,
  registerRequest,
  revealManyReply,
  revealManyRequest,
  revealReply,
  verifyReply,
} from "./schema.ts";

const ONE = "/integrations/aws/{id}";
const one = (): number => 1;
const bare = { body: nothing, query: nothing, accounts: one };

/** All that the API does. Routing, the OpenAPI document and the tests read this. */
export const ROUTES: readonly Route[] = [
  route({
    ...{ method: "POST", path: "/integrations/aws", operation: "registerAccounts", scope: "integrations:write" },
    summary: "Register AWS accounts, each with an external ID of its own that is made here",
    body: registerRequest,
    query: nothing,
    accounts: ({ accounts }) => accounts.length,
    replies: {
      201: { description: "At least one account was registered now", schema: registerReply },
      200: { description: "None had to be: a list may be sent again", schema: registerReply },
    },
    refusals: ["account-taken"],
    run: registerAccounts,
  }),
  route({
    ...{ method: "GET", path: "/integrations/aws", operation: "listIntegrations", scope: "integrations:read" },
    summary: "List the caller's integrations, by id",
    ...{ body: nothing, query: listQuery, accounts: () => 0 },
    replies: { 200: { description: "A page; `next` is the cursor of the one after, or null", schema: listReply } },
    refusals: [],
    run: list,
  }),
  route({
    ...{ method: "POST", path: "/integrations/aws/externalids/reveal", operation: "revealExternalIds" },
    ...{ scope: "integrations:write", summary: "Show the external IDs of accounts whose roles are being set up" },
    body: revealManyRequest,
    query: nothing,
    accounts: ({ accounts }) => accounts.length,
    replies: {
      200: { description: "A map of account and external ID; and who has none, why", schema: revealManyReply },
    },
    refusals: [],
    run: revealMany,
  }),
  route({
    ...{ method: "GET", path: ONE, operation: "readIntegration", scope: "integrations:read" },
    summary: "Read an integration; it never tells its external ID",
    ...bare,
    replies: { 200: { description: "The integration", schema: integration } },
    refusals: ["not-found"],
    run: read,
  }),
  route({
    ...{ method: "DELETE", path: ONE, operation: "endIntegration", scope: "integrations:write" },
    summary: "Off-board an account: its external ID is forgotten now, what else is kept of it is purged later",
    ...bare,
    replies: { 202: { description: "The integration, off-boarded", schema: integration } },
    refusals: ["not-found"],
    run: end,
  }),
  route({
    ...{ method: "POST", path: `${ONE}/externalid/reveal`, operation: "revealExternalId", scope: "integrations:write" },
    summary: "Show an external ID, until it was seen in use",
    ...bare,
    replies: { 200: { description: "The external ID: not to be stored or logged on the way", schema: revealReply } },
    refusals: ["not-found", "external-id-in-use", "external-id-lost", "integration-off-boarded"],
    run: revealOne,
  }),
  route({
    ...{ method: "POST", path: `${ONE}/externalid/regenerate`, operation: "regenerateExternalId" },
    ...{
      scope: "integrations:write",
      summary: "Make a new external ID; the old one is accepted beside it for a while",
    },
    ...{ body: regenerateRequest, query: nothing, accounts: one },
    replies: {
      200: { description: "The integration: its new external ID is there to be revealed", schema: integration },
    },
    refusals: ["not-found", "rotation-in-progress", "integration-off-boarded"],
    run: regenerate,
  }),
  route({
    ...{ method: "POST", path: `${ONE}/verify`, operation: "verifyIntegration", scope: "integrations:write" },
    summary: "Try the role: it must refuse without and with a wrong external ID, and let in with the right one",
    ...bare,
    replies: { 200: { description: "What the trial came to, good or bad", schema: verifyReply } },
    refusals: ["not-found", "integration-off-boarded"],
    run: verify,
  }),
];

/** A route that a path leads to, and the integration's id in the path. */
export interface Found {
  readonly route: Route;
  readonly id: string;
}

const ID = "(int-[0-9a-f]{24})";
const PATTERNS = new Map(ROUTES.map(({ path }) => [path, new RegExp(`^${path.replace("{id}", ID)}$`)] as const));

/** All routes of a path as it is written: nothing is decoded, folded or completed, so a path has one spelling. */
export function routesAt(path: string): readonly Found[] {
  return ROUTES.flatMap((route) => {
    const match = PATTERNS.get(route.path)?.exec(path);
    return match === null || match === undefined ? [] : [{ route, id: match[1] ?? "" }];
  });
}

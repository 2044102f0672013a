import type * as z from "zod";
import { durationMs } from "../config/duration.ts";
import { reveal, type Revealed } from "../pipeline/tenancy/reveal.ts";
import { rotate } from "../pipeline/tenancy/rotate.ts";
import { inParallel } from "../stores/in-parallel.ts";
import { oneOf, shown } from "./integrations.ts";
import { isRefusal, refuse, type ProblemName, type Refusal, type Reply } from "./problem.ts";
import type { Asked, OnboardingWorld } from "./route.ts";
import type { regenerateRequest, revealManyReply, revealManyRequest, revealReply } from "./schema.ts";

const PROBLEM_OF: Readonly<Record<Extract<Revealed, { refused: string }>["refused"], ProblemName>> = {
  "in use": "external-id-in-use",
  "off-boarded": "integration-off-boarded",
  "not in the vault": "external-id-lost",
};

/** Shows one external ID. Beside `revealMany` nothing else does. */
export async function revealOne(
  { tenant, id }: Asked<unknown, unknown>,
  { desk }: OnboardingWorld,
): Promise<Reply | Refusal> {
  const registration = await oneOf(tenant, id, desk);
  if (isRefusal(registration)) return registration;
  const revealed = await reveal(registration, desk);
  if ("refused" in revealed) return refuse(PROBLEM_OF[revealed.refused], { detail: REGENERATE[revealed.refused] });
  const body: z.infer<typeof revealReply> = { account: registration.account, externalId: revealed.externalId };
  return { status: 200, body };
}

const REGENERATE = {
  "in use": "regenerate it, and put the new one into the role's trust policy while both are accepted",
  "off-boarded": "register the account again",
  "not in the vault": "regenerate it, and put the new one into the role's trust policy",
} as const;

const READ_AT_ONCE = 16;

/** The map of accounts and external IDs for who sets up many roles at once, as often as he asks while they are set up. */
export async function revealMany(
  { tenant, body }: Asked<z.infer<typeof revealManyRequest>, unknown>,
  { desk }: OnboardingWorld,
): Promise<Reply> {
  // All of them, since a list is often asked for in the second after it was registered.
  const all = (await desk.registrations.all()).map(({ registration }) => registration);
  const own = new Map(all.filter((one) => one.tenant === tenant).map((one) => [one.account, one]));
  const answers = await inParallel(body.accounts, READ_AT_ONCE, async (account) => {
    const registration = own.get(account);
    return { account, revealed: registration === undefined ? NOT_FOUND : await reveal(registration, desk) };
  });
  const reply: z.infer<typeof revealManyReply> = { externalIds: {}, refused: {} };
  for (const { account, revealed } of answers) {
    if ("refused" in revealed) reply.refused[account] = revealed.refused;
    else reply.externalIds[account] = revealed.externalId;
  }
  return { status: 200, body: reply };
}

const NOT_FOUND = { refused: "not found" } as const;

/** Gives an integration a new external ID, which only a reveal shows. */
export async function regenerate(
  { tenant, id, body }: Asked<z.infer<typeof regenerateRequest>, unknown>,
  { desk, overlapMs: usualMs }: OnboardingWorld,
): Promise<Reply | Refusal> {
  const registration = await oneOf(tenant, id, desk);
  if (isRefusal(registration)) return registration;
  const isEmergency = body.emergency === true;
  const wantedMs = body.overlap === undefined ? usualMs : (durationMs(body.overlap) ?? usualMs);
  const options = { overlapMs: isEmergency ? 0 : wantedMs, force: isEmergency };
  const rotated = await rotate(registration.account, options, desk);
  switch (rotated.outcome) {
    case "rotated":
      return { status: 200, body: shown(rotated.registration, desk) };
    case "rotating":
      return refuse("rotation-in-progress", {
        detail: `it ends at ${shown(rotated.registration, desk).previousExternalIdUntil ?? "once"}; {"emergency": true} ends it now`,
      });
    case "off-boarded":
      return refuse("integration-off-boarded", { detail: REGENERATE["off-boarded"] });
    case "gone":
      return refuse("not-found");
  }
}

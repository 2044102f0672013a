import type * as z from "zod";
import { register, type Registered } from "../pipeline/tenancy/register.ts";
import { refuse, type Refusal, type Reply } from "./problem.ts";
import type { Asked, OnboardingWorld } from "./route.ts";
import type { registerReply, registerRequest } from "./schema.ts";

/**
 * Registers a list of accounts. The same list may come again: what is registered stays as it is. Each account has an
 * outcome of its own, and one that is refused stops no other; only who asks for one alone is refused as a whole.
 */
export async function registerAccounts(
  { tenant, body }: Asked<z.infer<typeof registerRequest>, unknown>,
  { desk }: OnboardingWorld,
): Promise<Reply | Refusal> {
  const wanted = body.accounts.map((one) => (typeof one === "string" ? { account: one } : withoutGaps(one)));
  const outcomes = (await register(tenant, wanted, desk)).map((one) => told(one, desk.digester.integration));
  const numberOf = (outcome: string): number => outcomes.filter((one) => one.outcome === outcome).length;
  const [only] = outcomes;
  if (outcomes.length === 1 && only?.outcome === "taken") {
    return refuse("account-taken", { detail: "if it is yours, ask the vendor: somebody has looked into it by then" });
  }
  const reply: z.infer<typeof registerReply> = {
    registered: numberOf("registered"),
    already: numberOf("already"),
    taken: numberOf("taken"),
    outcomes,
  };
  const place = outcomes.length === 1 && only !== undefined && "id" in only ? only.id : null;
  return {
    status: reply.registered > 0 ? 201 : 200,
    body: reply,
    ...(place !== null && { headers: { location: `/integrations/aws/${place}` } }),
  };
}

type Outcome = z.infer<typeof registerReply>["outcomes"][number];

function told(one: Registered, idOf: (account: string) => string): Outcome {
  const { account, outcome } = one;
  return outcome === "taken"
    ? { account, outcome }
    : { account, outcome, id: idOf(account), roleArn: one.registration.roleArn };
}

type Written = Exclude<z.infer<typeof registerRequest>["accounts"][number], string>;

function withoutGaps({ account, roleArn, region }: Written) {
  return { account, ...(roleArn !== undefined && { roleArn }), ...(region !== undefined && { region }) };
}

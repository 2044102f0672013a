import { verifyAll, type VerifyWorld } from "../pipeline/verify/verify-all.ts";
import type { OnboardingWorld, Verified } from "./route.ts";

/** API Gateway waits for 30. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const LONGEST_MS = 25_000;
/** Somebody waits for the answer, and asks again where a change is on its way. */
const PATIENCE_MS = 8_000;

/** Tries one role while its customer waits, and writes down what was seen as every verification does. */
export function verifyingBy(world: VerifyWorld): OnboardingWorld["verify"] {
  return async ({ account }) => {
    const found: Verified[] = [];
    await verifyAll(world, {
      only: (one) => one.account === account,
      patienceMs: PATIENCE_MS,
      signal: AbortSignal.timeout(LONGEST_MS),
      onFound: ({ verdict, why }) => {
        found.push({ verdict, why });
      },
    });
    return found[0] ?? { verdict: "unclear", why: "the role did not answer in time: ask again" };
  };
}

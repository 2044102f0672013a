import { answer } from "../src/api/answer.ts";
import type { HttpAnswer, HttpEvent } from "../src/api/event.ts";
import type { OnboardingWorld } from "../src/api/route.ts";
import { once } from "./once.ts";
import { connectOnboarding } from "./world.ts";

/** API Gateway's HTTP API → one answer, and one line of the audit log. */
export function onboardingFrom(
  world: () => Promise<OnboardingWorld>,
  say: (line: string) => void,
): (event: HttpEvent) => Promise<HttpAnswer> {
  const connected = once(world);
  return async (event) => {
    const { answer: answered, line } = await answer(event, await connected());
    say(line);
    return answered;
  };
}

/** What API Gateway calls. */
export const handler = onboardingFrom(
  () => connectOnboarding(process.env),
  (line) => process.stdout.write(`${line}\n`),
);

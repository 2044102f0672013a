import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Dice } from "../../src/simulate/dice.ts";

/** How often requests go wrong, in hundredths of them, by kind. */
export interface Odds {
  /** Refused, to be asked more slowly. */
  readonly throttled: number;
  /** Refused with a server's own fault. */
  readonly failed: number;
  /** Done, and the answer is lost on the way. */
  readonly lost: number;
}

/** The faults that the scorecard asks for. */
export const ODDS: Odds = { throttled: 10, failed: 2, lost: 1 };

/** Requests that went wrong so far, by kind. */
export type Toll = { -readonly [Kind in keyof Odds]: number };

export function noToll(): Toll {
  return { throttled: 0, failed: 0, lost: 0 };
}

/** Any of the SDK's clients: what their stacks of middleware differ in is not touched here. */
type Client = Pick<SQSClient, "middlewareStack">;

/**
 * Lets a client's requests go wrong by chance, as long as `ill()`. Each attempt of a request has its own luck: the SDK
 * repeats such requests by itself, and what it gives up reaches the pipeline.
 */
export function bringMisfortune(
  client: object,
  toll: Toll,
  { chance, ill }: { chance: Dice; ill: () => boolean },
): void {
  (client as Client).middlewareStack.add(
    (next) => async (args) => {
      const drawn = ill() ? chance.below(100) : 100;
      if (drawn < ODDS.throttled) {
        toll.throttled++;
        throw refused("ThrottlingException", 400);
      }
      if (drawn < ODDS.throttled + ODDS.failed) {
        toll.failed++;
        throw refused("InternalServerError", 500);
      }
      const answer = await next(args);
      if (drawn >= ODDS.throttled + ODDS.failed + ODDS.lost) return answer;
      toll.lost++;
      // Read by nobody, it would hold its connection.
      (answer.response as { readonly body?: { readonly destroy?: () => void } }).body?.destroy?.();
      throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    },
    { step: "deserialize", name: "misfortune", priority: "low" },
  );
}

/** As the SDK makes an error of a service's answer. */
function refused(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(name), { name, $fault: "server", $metadata: { httpStatusCode } });
}

import * as z from "zod";
import { momentMs } from "../tenants/read.ts";
import { durationMs } from "./duration.ts";

/** Text that `read` understands, or that is refused for the reason it gives. */
export function written<T>(read: (text: string) => { readonly value: T } | { readonly reason: string }) {
  return z.string().transform((text, context): T => {
    const reading = read(text);
    if ("value" in reading) return reading.value;
    context.addIssue({ code: "custom", message: reading.reason });
    return z.NEVER;
  });
}

/** Milliseconds. */
export const duration = written((text) => {
  const value = durationMs(text);
  return value === null ? { reason: "not a duration such as 90s, 30m, 24h, 1d or PT1H" } : { value };
}).meta({ description: "90s, 30m, 24h, 1d, or ISO 8601 such as PT1H" });

/** Epoch milliseconds. */
export const moment = written((text) => {
  const value = momentMs(text);
  return value === null ? { reason: "not a date such as 2026-12-01 or 2026-12-01T00:00:00Z" } : { value };
}).meta({ description: "ISO 8601: a date (midnight UTC), or a date and time with its zone" });

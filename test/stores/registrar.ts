import { argv, stdout } from "node:process";
import { fileRegistrations } from "../../src/stores/registrations/file.ts";
import { registration } from "./registration.ts";

/**
 * A process that changes a registry that others change: `registrar.ts <path> <tenant> <count> [first account]`. Claims
 * accounts one by one and says, after each claim was answered and never before, whose the account is.
 */
const [, , path = "", tenant = "", count = "0", first = "300000000000"] = argv;
const registrations = fileRegistrations(path);
for (let n = 0; n < Number(count); n++) {
  const account = String(Number(first) + n);
  const [held] = await registrations.claim([registration(account, { tenant })]);
  stdout.write(`${account} ${held?.registration.tenant ?? "nobody's"}\n`);
}
await registrations.close();

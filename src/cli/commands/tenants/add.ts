import { Command } from "commander";
import { mistake } from "../../../config/mistake.ts";
import { register } from "../../../pipeline/tenancy/register.ts";
import { reveal } from "../../../pipeline/tenancy/reveal.ts";
import { accountId, regionName, roleArn } from "../../../tenants/read.ts";
import { accountOf } from "../../../trail/arn.ts";
import { EXIT } from "../../exit.ts";
import { atTheDesk, type DeskFlags, type Making } from "./at-the-desk.ts";
import { MASKED } from "./show.ts";

interface AddFlags extends DeskFlags {
  readonly tenant: string;
  readonly role?: string;
  readonly region?: string;
  readonly reveal: boolean;
}

/** `tenants add ACCOUNT --tenant NAME`: registers one account, with an external ID that is made here. */
export function addCommand(making: Making): Command {
  const { terminal, finish } = making;
  return new Command("add")
    .description("register a customer's account; its external ID is made here")
    .argument("<account>", "its twelve digits")
    .requiredOption("--tenant <name>", "the customer")
    .option("--role <arn>", "the role the customer has made; left out: the one that `template` will make")
    .option("--region <name>", "where the customer's STS is asked")
    .option("--reveal", "print the external ID, to be handed to the customer", false)
    .action(async (account: string, flags: AddFlags) => {
      checked(account, flags);
      await atTheDesk(flags, making, async (desk) => {
        const wanted = {
          account,
          ...(flags.role !== undefined && { roleArn: flags.role }),
          ...(flags.region !== undefined && { region: flags.region }),
        };
        const [done] = await register(flags.tenant, [wanted], desk);
        if (done === undefined || done.outcome === "taken") {
          throw mistake(
            `account ${account} is another tenant's`,
            "an account is registered once; off-board it there first",
          );
        }
        const { registration, outcome } = done;
        terminal.err(
          outcome === "registered"
            ? `registered account ${account}\n`
            : `account ${account} is registered already: nothing was changed\n`,
        );
        const shown = flags.reveal ? await reveal(registration, desk) : { externalId: MASKED };
        if ("refused" in shown) {
          throw mistake(
            `the external ID is not shown: it is ${shown.refused}`,
            "tenants rotate makes a new one, and shows it",
          );
        }
        const { tenant, roleArn, status } = registration;
        await terminal.out(`${JSON.stringify({ tenant, account, roleArn, status, externalId: shown.externalId })}\n`);
        finish(EXIT.quiet);
      });
    });
}

/** No value is quoted: what stands in the wrong place may be a secret. */
function checked(account: string, { role, region }: AddFlags): void {
  if (!accountId.safeParse(account).success)
    throw mistake("an account number has twelve digits", "such as 111122223333");
  if (region !== undefined && !regionName.safeParse(region).success)
    throw mistake("--region is no region", "such as eu-west-1");
  if (role === undefined) return;
  if (!roleArn.safeParse(role).success)
    throw mistake("--role is no role's ARN", "such as arn:aws:iam::111122223333:role/Name");
  if (accountOf(role) !== account)
    throw mistake("--role is in another account", "the role is in the customer's account");
}

import { DynamoDBClient, PutItemCommand, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { isMistake } from "../../src/config/mistake.ts";
import { dynamodbRegistrations, REGISTRATIONS_TABLE } from "../../src/stores/registrations/dynamodb.ts";
import { lineOf } from "../../src/tenants/write.ts";
import { sharedDynamoDbLocal, whyNoDynamoDb, type DynamoDbLocal } from "./dynamodb-local.ts";
import { accounts, deletion, digest, registration } from "./registration.ts";
import { registrationsContract } from "./registrations-contract.ts";

const missing = whyNoDynamoDb();
const ACCOUNT = "111122223333";

describe.skipIf(missing !== null)(`in DynamoDB (${missing ?? "DynamoDB Local"})`, () => {
  let local: DynamoDbLocal;
  beforeAll(async () => {
    local = await sharedDynamoDbLocal();
  }, 60_000);

  registrationsContract(
    "registrations in a DynamoDB table",
    async () => {
      const table = await local.makeTable(REGISTRATIONS_TABLE);
      return {
        registrations: dynamodbRegistrations(local.client, table),
        reopen: () => dynamodbRegistrations(local.client, table),
      };
    },
    150,
  );

  const fresh = async () => {
    const table = await local.makeTable(REGISTRATIONS_TABLE);
    return { table, registrations: dynamodbRegistrations(local.client, table) };
  };
  const putLine = (table: string, account: string, line: string) =>
    local.client.send(
      new PutItemCommand({ TableName: table, Item: { key: { S: `account#${account}` }, line: { S: line } } }),
    );

  test("a registry of more pages than one is read whole, and what else the table holds is not of it", async () => {
    const { table, registrations } = await fresh();
    const notes = { notes: "x".repeat(5_000) };
    await Promise.all(
      accounts(300).map((account) =>
        putLine(table, account, JSON.stringify({ ...lineOf(registration(account)), ...notes })),
      ),
    );
    await local.client.send(new PutItemCommand({ TableName: table, Item: { key: { S: "something#else" } } }));
    await registrations.keepDeletion(deletion(1));
    const { LastEvaluatedKey } = await local.client.send(new ScanCommand({ TableName: table }));
    expect(LastEvaluatedKey).toBeDefined();
    expect((await registrations.all()).map((held) => held.registration.account)).toEqual(accounts(300));
    expect(await registrations.deletions()).toEqual([deletion(1)]);
  });

  test("the vendor's own fields and attributes stay, and what somebody edited meanwhile is not written over", async () => {
    const { table, registrations } = await fresh();
    await putLine(table, ACCOUNT, JSON.stringify({ ...lineOf(registration(ACCOUNT)), plan: "gold" }));
    const edit = (UpdateExpression: string, text: string) =>
      local.client.send(
        new UpdateItemCommand({
          ...{ TableName: table, Key: { key: { S: `account#${ACCOUNT}` } }, UpdateExpression },
          ExpressionAttributeValues: { ":value": { S: text } },
        }),
      );
    await edit("SET team = :value", "team-7");
    const held = (await registrations.of(ACCOUNT))!;
    expect(await registrations.replace([{ held, next: registration(ACCOUNT, { region: null }) }])).toEqual([true]);
    const { Items = [] } = await local.client.send(new ScanCommand({ TableName: table }));
    expect(Items).toHaveLength(1);
    expect(Items[0]?.team).toEqual({ S: "team-7" });
    expect(JSON.parse(Items[0]?.line?.S ?? "")).toEqual({
      ...lineOf(registration(ACCOUNT, { region: null })),
      plan: "gold",
    });

    const before = (await registrations.of(ACCOUNT))!;
    await edit("SET line = :value", JSON.stringify(lineOf(registration(ACCOUNT, { tenant: "globex" }))));
    expect(await registrations.replace([{ held: before, next: registration(ACCOUNT) }])).toEqual([false]);
    expect(await registrations.remove([before])).toEqual([false]);
    expect((await registrations.of(ACCOUNT))?.registration.tenant).toBe("globex");
  });

  test("an item that cannot be read is named by its account, never quoted, never written over, and in nobody else's way", async () => {
    const { table, registrations } = await fresh();
    await registrations.claim([registration(ACCOUNT)]);
    const secret = "c0ffee00-0000-4000-8000-00000000acme";
    await putLine(
      table,
      "444455556666",
      JSON.stringify({ ...lineOf(registration("444455556666")), externalId: secret }),
    );
    await putLine(table, "777788889999", `{"externalId":"${secret}`);
    const other = accounts(1)[0]!;
    await putLine(table, other, JSON.stringify(lineOf(registration(ACCOUNT))));

    const failureOf = (work: Promise<unknown>) => work.catch((error: unknown) => error) as Promise<Error>;
    const all = await failureOf(registrations.all());
    expect(isMistake(all)).toBe(true);
    expect(all.message).toMatch(/account \d{12}: .*\(and 2 more\)$/);
    for (const [account, why] of [
      ["444455556666", "externalId: not a digest"],
      ["777788889999", "not JSON"],
      [other, "the line is another account's"],
    ] as const) {
      for (const work of [() => registrations.of(account), () => registrations.claim([registration(account)])]) {
        const { message } = await failureOf(work());
        expect(message).toContain(`the DynamoDB table ${table}, account ${account}: ${why}`);
        expect(message).not.toContain(secret);
      }
    }
    const held = (await registrations.of(ACCOUNT))!;
    expect(await registrations.replace([{ held, next: registration(ACCOUNT, { region: null }) }])).toEqual([true]);
  });

  test("a write whose answer was lost on the way is known as one's own when it is tried again", async () => {
    const { table } = await fresh();
    const { client, loseAnswer } = forgetful(local.endpoint);
    onTestFinished(() => {
      client.destroy();
    });
    const registrations = dynamodbRegistrations(client, table);
    loseAnswer();
    const [held] = await registrations.claim([registration(ACCOUNT)]);
    expect(held?.registration).toEqual(registration(ACCOUNT));
    loseAnswer();
    const next = registration(ACCOUNT, { externalId: digest("1") });
    expect(await registrations.replace([{ held: held!, next }])).toEqual([true]);
    const now = (await registrations.of(ACCOUNT))!;
    expect(now.registration).toEqual(next);
    loseAnswer();
    expect(await registrations.remove([now])).toEqual([true]);
    expect(await registrations.of(ACCOUNT)).toBeNull();
  });

  test("a table that is not there is the user's mistake", async () => {
    const registrations = dynamodbRegistrations(local.client, "no-such-table");
    for (const work of [
      () => registrations.all(),
      () => registrations.of(ACCOUNT),
      () => registrations.claim([registration(ACCOUNT)]),
    ]) {
      const failure = await work().catch((error: unknown) => error);
      expect(isMistake(failure) && failure.message).toBe("there is no DynamoDB table no-such-table");
    }
  });
});

/** A client whose next write is done and not heard of: the connection ends before the answer. */
function forgetful(endpoint: string): { readonly client: DynamoDBClient; readonly loseAnswer: () => void } {
  const client = new DynamoDBClient({
    ...{ endpoint, region: "us-east-1" },
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const loss = { isDue: false };
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (given) => {
        const answer = await next(given);
        if (!loss.isDue || commandName === "GetItemCommand") return answer;
        loss.isDue = false;
        throw Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
      },
    { step: "deserialize", name: "losesAnswers", priority: "high" },
  );
  return {
    client,
    loseAnswer: () => {
      loss.isDue = true;
    },
  };
}

import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { openStore } from "../../src/cli/settings.ts";
import { encodeCell } from "../../src/memory/cell.ts";
import { clientTable } from "../../src/stores/dynamodb/client-table.ts";
import { createTable } from "../../src/stores/dynamodb/create-table.ts";
import type { Table } from "../../src/stores/dynamodb/table.ts";
import { storeContract } from "./contract.ts";
import { sharedDynamoDbLocal, whyNoDynamoDb, type DynamoDbLocal } from "./dynamodb-local.ts";
import { marks, mergeOne, pause, recallOne, storeOn, window } from "./dynamodb-scene.ts";
import { memoryTable } from "./memory-table.ts";

storeContract("the DynamoDB store on a table in memory", () => {
  const table = memoryTable();
  return Promise.resolve({ store: storeOn(table), reopen: () => Promise.resolve(storeOn(table)) });
});

const reason = whyNoDynamoDb();

describe.skipIf(reason !== null)(
  reason === null ? "on DynamoDB Local" : `on DynamoDB Local (skipped: ${reason})`,
  { timeout: 120_000 },
  () => {
    let local: DynamoDbLocal;
    let tables = 0;
    beforeAll(async () => {
      local = await sharedDynamoDbLocal();
    }, 60_000);

    const freshTable = async (): Promise<Table> => {
      const name = `table-${tables++}`;
      await createTable(local.client, name);
      return clientTable(local.client, name, pause);
    };

    storeContract(
      "the DynamoDB store",
      async () => {
        const table = await freshTable();
        return { store: storeOn(table), reopen: () => Promise.resolve(storeOn(table)) };
      },
      6,
    );

    test("eight writers that race for one document and one chain lose nothing", async () => {
      const table = await freshTable();
      const writers = Array.from({ length: 8 }, () => storeOn(table));
      await Promise.all(
        writers.map(async (writer, n) => {
          for (let round = 0; round < 25; round++) {
            // Neighbours' shares overlap, as redelivered messages do.
            const from = 625 * n + 25 * round;
            await writer.merge(
              new Map([
                ["document", marks(`writer ${n}, round ${round}`)],
                ["chain", window(from, from + 50)],
              ]),
            );
          }
        }),
      );
      const everything = new Set(
        writers.flatMap((_, n) => Array.from({ length: 25 }, (_, r) => `writer ${n}, round ${r}`)),
      );
      for (const store of [storeOn(table), ...writers]) {
        expect(await recallOne(store, "chain")).toBe(encodeCell(window(0, 5_025)));
        expect((await store.recall(["document"])).get("document")?.value).toEqual(everything);
      }
    });

    test("of two writers that add to one chain, one sees what both have added", async () => {
      const table = await freshTable();
      for (let round = 0; round < 40; round++) {
        const answers = await Promise.all(
          [0, 1].map((n) => mergeOne(storeOn(table), `chain ${round}`, window(100 * n, 100 * n + 100))),
        );
        expect(answers).toContain(encodeCell(window(0, 200)));
      }
    });

    test("a document of a megabyte comes back whole", async () => {
      const table = await freshTable();
      const large = marks(...Array.from({ length: 16_000 }, (_, n) => `${n}-${Math.sin(n)}-${"0123456789".repeat(5)}`));
      const noise = marks(Array.from({ length: 60_000 }, (_, n) => String(Math.sin(n)).slice(-14)).join(""));
      for (const [key, cell] of Object.entries({ large, noise })) {
        const text = encodeCell(cell);
        expect(text.length).toBeGreaterThan(800_000);
        expect(await mergeOne(storeOn(table), key, structuredClone(cell))).toBe(text);
        expect(await recallOne(storeOn(table), key)).toBe(text);
        expect(await mergeOne(storeOn(table), key, structuredClone(cell))).toBe(text);
      }
    });

    test("the store that a name opens finds its table by the SDK's own variables", async () => {
      await createTable(local.client, "named");
      onTestFinished(() => {
        vi.unstubAllEnvs();
      });
      vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", local.endpoint);
      vi.stubEnv("AWS_REGION", "us-east-1");
      vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
      const [one, other] = [await openStore("dynamodb:named"), await openStore("dynamodb:named")];
      await mergeOne(one, "k", marks("a"));
      expect(await mergeOne(other, "k", marks("b"))).toBe(encodeCell(marks("a", "b")));
      await Promise.all([one.close(), other.close()]);
    });

    test("a table that is not there is the user's mistake", async () => {
      const store = storeOn(clientTable(local.client, "no-such-table", pause));
      await expect(mergeOne(store, "k", marks("a"))).rejects.toThrow("there is no DynamoDB table no-such-table");
      await expect(store.recall(["k"])).rejects.toThrow("there is no DynamoDB table no-such-table");
    });
  },
);

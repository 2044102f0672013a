import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { OPENAPI_FILE, openApiText } from "../../scripts/openapi.ts";
import { openApi } from "../../src/api/openapi.ts";
import { ROUTES } from "../../src/api/routes.ts";

test("the published description is what the routes and schemas say (npm run docs)", async () => {
  expect(await readFile(OPENAPI_FILE, "utf8")).toBe(await openApiText());
});

test("every reference in the description leads to something in it", () => {
  const document = openApi();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)].map(([, pointer]) => pointer!);
  expect(references.length).toBeGreaterThan(20);
  const at = (pointer: string): unknown =>
    pointer
      .split("/")
      .slice(1)
      .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], document);
  expect(references.filter((pointer) => at(pointer) === undefined)).toEqual([]);
});

test("every operation is named once, and its request has no place for an external ID", () => {
  const operations = ROUTES.map(({ operation }) => operation);
  expect(new Set(operations).size).toBe(operations.length);
  const { components } = openApi() as { components: { schemas: Record<string, unknown> } };
  const requests = Object.entries(components.schemas).filter(([name]) => name.endsWith("Request"));
  expect(requests.length).toBe(3);
  expect(JSON.stringify(requests)).not.toMatch(/external.?id/i);
});

test("of all answers only the two reveals' have a member for an external ID", () => {
  const { components } = openApi() as {
    components: { schemas: Record<string, { properties?: Record<string, unknown> }> };
  };
  const revealing = Object.entries(components.schemas)
    .filter(([, { properties = {} }]) => "externalId" in properties || "externalIds" in properties)
    .map(([name]) => name);
  expect(revealing).toEqual(["RevealReply", "RevealManyReply"]);
});

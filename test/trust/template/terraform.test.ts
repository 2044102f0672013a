import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hclString, hclValue } from "../../../src/trust/template/hcl.ts";
import { terraformModule, terraformText } from "../../../src/trust/template/terraform.ts";
import { supportTrustDocument, trustDocument } from "../../../src/trust/template/trust-document.ts";
import { anyDescription, described, hostileText } from "./described.ts";
import { readHcl } from "./hcl-reader.ts";
import { folderWith } from "../../cli/process.ts";
import { terraform } from "./oracles.ts";

const ID = { code: "var.external_id" };

test("of any description the module reads back as it was meant, whatever strings are in it", () => {
  fc.assert(
    fc.property(anyDescription, (description) => {
      const module = readHcl(terraformText(description));
      const roles = [...module.keys()].filter((head) => head.startsWith("resource aws_iam_role "));
      expect(roles).toHaveLength(description.support === null ? 1 : 2);
      for (const [name, kind, trust, permissions, seconds] of [
        ["vendor", "", trustDocument(description, ID), description.permissions, description.maxSessionSeconds],
        ["support", "-support", supportTrustDocument(description, ID), description.support?.permissions, 3600],
      ] as const) {
        if (trust === null) continue;
        const named = { code: `"${description.namePrefix}${kind}-\${var.name_suffix}"` };
        const { attributes } = module.get(`resource aws_iam_role ${name}`)!;
        expect(attributes).toMatchObject({
          name: named,
          description: description.description,
          max_session_duration: seconds,
          assume_role_policy: trust,
        });
        expect(attributes).not.toHaveProperty("managed_policy_arns");
        expect(attributes.tags ?? {}).toEqual(
          Object.fromEntries(description.tags.map(({ key, value }) => [key, value])),
        );
        expect(module.get(`resource aws_iam_role_policy ${name}`)?.attributes).toEqual({
          name: named,
          role: { code: `aws_iam_role.${name}.id` },
          policy: permissions,
        });
      }
    }),
  );
});

test("of any description the external ID is a sensitive variable without a default, and no output", () => {
  fc.assert(
    fc.property(anyDescription, (description) => {
      const files = terraformModule(description);
      const externalId = readHcl(files["variables.tf"]).get("variable external_id");
      expect(externalId?.attributes).toMatchObject({ sensitive: true, nullable: false });
      expect(externalId?.attributes).not.toHaveProperty("default");
      expect(externalId?.blocks).toEqual([]);
      expect(files["outputs.tf"]).not.toContain("external_id");
      expect(files["versions.tf"]).not.toContain("external_id");
    }),
    { numRuns: 20 },
  );
});

test("any text is one string, which holds that text and no code", () => {
  fc.assert(
    fc.property(
      fc.oneof(hostileText, fc.string({ unit: fc.constantFrom(...Array.from('$%{}\\"\n\r\t\u0000\u001b\u2028aé')) })),
      (text) => {
        expect(hclString(text)).not.toMatch(/[\n\r]/);
        expect(readHcl(`a {\n  b = ${hclString(text)}\n}\n`).get("a")?.attributes).toEqual({ b: text });
      },
    ),
  );
});

test("a module for one account stops before it makes anything in another", () => {
  const main = terraformModule(described({ accounts: ["111122223333"] }))["main.tf"];
  const [lifecycle] = readHcl(main).get("resource aws_iam_role vendor")!.blocks;
  expect(lifecycle?.blocks[1]).toMatchObject({
    head: "precondition",
    attributes: { condition: { code: 'contains(["111122223333"], data.aws_caller_identity.current.account_id)' } },
  });
});

test.skipIf(terraform.missing !== null)(
  `Terraform itself reads hostile strings as the data they are (${terraform.missing ?? "terraform console"})`,
  () => {
    const texts = fc.sample(hostileText, { numRuns: 300, seed: 20261121 }).map((text) => text.normalize("NFC"));
    const folder = folderWith({ "main.tf": `locals {\n  texts = ${hclValue(texts)}\n}\n` });
    const console = spawnSync("terraform", [`-chdir=${folder}`, "console"], {
      ...{ input: "jsonencode(local.texts)\n", encoding: "utf8", env: terraform.env },
    });
    expect(console.stderr).toBe("");
    expect(JSON.parse(JSON.parse(console.stdout) as string)).toEqual(texts);
  },
);

const noProvider =
  terraform.missing ??
  (terraform.plugins === null ? "skipped: the AWS provider is in none of Terraform's local mirrors" : null);

/** Runs Terraform in a folder, and answers what it says where that is asked for or went wrong. */
function terraformIn(folder: string) {
  return (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync("terraform", [`-chdir=${folder}`, ...args], {
      ...{ encoding: "utf8", env: terraform.env },
    });
    return { status, said: args[0] === "plan" || status !== 0 ? stdout + stderr : "" };
  };
}

/** A provider that asks nobody who it is. */
const OFFLINE = `variable "id" {
  type      = string
  sensitive = true
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "local"
  secret_key                  = "local"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}
`;

test.skipIf(noProvider !== null)(
  `Terraform and its AWS provider find modules valid and well laid out, and show no external ID (${noProvider ?? "terraform"})`,
  () => {
    const modules = [described(), ...fc.sample(anyDescription, { numRuns: 4, seed: 20261121 })];
    const calls = modules.map(
      (_, index) => `module "m${index}" {\n  source      = "./m${index}"\n  external_id = var.id\n}\n`,
    );
    const files = modules.flatMap((description, index) =>
      Object.entries(terraformModule(description)).map(([file, text]) => [`m${index}/${file}`, text] as const),
    );
    const run = terraformIn(folderWith({ ...Object.fromEntries(files), "main.tf": [...calls, OFFLINE].join("\n") }));
    const done = { status: 0, said: "" };
    expect(run("fmt", "-check", "-diff", "-recursive")).toEqual(done);
    expect(run("init", "-input=false", `-plugin-dir=${terraform.plugins ?? ""}`)).toEqual(done);
    expect(run("validate")).toEqual(done);
    const plan = (id: string) => run("plan", "-input=false", "-no-color", "-target=module.m0", `-var=id=${id}`).said;
    const refused = plan("a secret that is no ID");
    expect(refused).toContain("It is the external ID as the vendor gave it");
    expect(refused).not.toContain("a secret");
    const planned = plan("7f3a9c1e".repeat(4));
    expect(planned).toMatch(/assume_role_policy\s+= \(sensitive value\)/);
    expect(planned).not.toContain("7f3a9c1e7f3a9c1e");
  },
  120_000,
);

import { placeholders, type Rendering } from "./rendering.ts";

/**
 * A template's fragment in JSON, to be laid over the role's own; the ID is a parameter that no console shows.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
export const cloudformation: Rendering = {
  name: "cloudformation",
  contentOf: ({ role, document }) => {
    const names = new Set<string>();
    const referring = (value: unknown): unknown => {
      if (typeof value === "string") {
        const found = placeholders().exec(value);
        if (found === null) return value;
        const name = `ExternalId${found[1] ?? ""}`;
        names.add(name);
        return { Ref: name };
      }
      if (Array.isArray(value)) return value.map(referring);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, referring(each)]));
    };
    const properties = { ...(role === null ? {} : { RoleName: role }), AssumeRolePolicyDocument: referring(document) };
    const parameter = { Type: "String", NoEcho: true, MinLength: 2, MaxLength: 1224, AllowedPattern: "[\\w+=,.@:/-]*" };
    const template = {
      Parameters: Object.fromEntries([...names].map((name) => [name, parameter])),
      Resources: { VendorRole: { Type: "AWS::IAM::Role", Properties: properties } },
    };
    return `${JSON.stringify(template, null, 2)}\n`;
  },
};

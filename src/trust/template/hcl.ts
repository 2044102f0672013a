/**
 * The part of Terraform's language that a module of data needs, written so that every string stays data: no quote,
 * backslash, line break or `${` of a value can begin anything.
 * @see https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */

const EXPRESSION = Symbol("an expression of Terraform's language");

/** Text that is code: `var.external_id`. Only this program makes one; no JSON that was read can. */
export interface HclExpression {
  readonly [EXPRESSION]: string;
}

/** A value: data, with expressions in it. */
export type HclValue =
  string | number | boolean | HclExpression | readonly HclValue[] | { readonly [key: string]: HclValue };

/** `resource "aws_iam_role" "vendor" { … }`: the words before the brace (labels in quotes), and the body. */
export interface HclBlock {
  readonly head: string;
  readonly body: HclBody;
}

/** Parts that an empty line stands between. Within a part come attributes first, then blocks. */
export type HclBody = readonly {
  readonly remark?: string;
  readonly attributes?: Readonly<Record<string, HclValue>>;
  readonly blocks?: readonly HclBlock[];
}[];

export function expression(code: string): HclExpression {
  return { [EXPRESSION]: code };
}

/** `jsonencode({…})`. */
export function jsonencode(value: HclValue): HclExpression {
  return expression(`jsonencode(${hclValue(value)})`);
}

/** Blocks as `terraform fmt` would lay them out, an empty line between them. */
export function hclBlocks(blocks: readonly HclBlock[]): string {
  return blocks.map((block) => `${hclBlock(block)}\n`).join("\n");
}

function hclBlock({ head, body }: HclBlock): string {
  const parts = body.map(({ remark, attributes = {}, blocks = [] }) =>
    [
      ...(remark === undefined ? [] : [`# ${remark}`]),
      ...aligned(Object.entries(attributes)),
      ...blocks.map(hclBlock),
    ].join("\n"),
  );
  if (parts.length === 0) return `${head} {}`;
  return `${head} {\n${indented(parts.join("\n\n"))}\n}`;
}

/** A value in Terraform's language. */
export function hclValue(value: HclValue): string {
  if (typeof value === "string") return hclString(value);
  if (typeof value !== "object") return String(value);
  if (isExpression(value)) return value[EXPRESSION];
  if (isList(value)) {
    const [first, ...more] = value.map(hclValue);
    if (first === undefined) return "[]";
    if (more.length === 0 && !first.includes("\n")) return `[${first}]`;
    return `[\n${[first, ...more].map((each) => `${indented(each)},\n`).join("")}]`;
  }
  const entries = Object.entries(value);
  return entries.length === 0 ? "{}" : `{\n${indented(aligned(entries).join("\n"))}\n}`;
}

/**
 * A quoted template without a template in it. `${` and `%{` are doubled as the language has it; after another sign of
 * the same kind the doubling would be read otherwise, and there the signs are written by their code points.
 */
export function hclString(text: string): string {
  const escaped = text
    .replace(/["\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => ESCAPES[character] ?? codePoint(character))
    .replace(/(\$+|%+)(?=\{)/g, (signs) => (signs.length === 1 ? signs + signs : signs.replace(/./g, codePoint)));
  return `"${escaped}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function codePoint(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Lines of `key = value`; neighbours that take one line each have their signs one below the other. */
function aligned(entries: readonly (readonly [string, HclValue])[]): readonly string[] {
  const items = entries.map(([key, value]) => ({ key: hclKey(key), text: hclValue(value) }));
  return items.map(({ key, text }, index) => {
    if (text.includes("\n")) return `${key} = ${text}`;
    let from = index;
    while (from > 0 && !items[from - 1]?.text.includes("\n")) from--;
    let to = index;
    while (to + 1 < items.length && !items[to + 1]?.text.includes("\n")) to++;
    const width = Math.max(...items.slice(from, to + 1).map((item) => item.key.length));
    return `${key.padEnd(width)} = ${text}`;
  });
}

/** Words of the language are no keys unless they are in quotes. */
function hclKey(key: string): string {
  return /^[A-Za-z][A-Za-z_]*$/.test(key) && !/^(?:for|if|in|null|true|false)$/.test(key) ? key : hclString(key);
}

/** Strings hold no line break once written, so every line is code and can be moved. */
function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

function isExpression(value: object): value is HclExpression {
  return EXPRESSION in value;
}

function isList(value: object): value is readonly HclValue[] {
  return Array.isArray(value);
}

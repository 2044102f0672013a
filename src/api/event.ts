/**
 * A request as API Gateway's HTTP APIs, and Lambda's function URLs, hand it over: what of payload format 2.0 is read here.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export interface HttpEvent {
  /** With the stage before it where that is not `$default`. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** The same, decoded, where only that is handed over. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
  readonly cookies?: readonly string[];
  /** Several of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly requestId: string;
    readonly stage: string;
    readonly http: { readonly method: string };
    readonly authorizer?: Authorizer;
  };
}

/** Who called, as the authorizer before us found it: a token's claims, or IAM's caller. */
export interface Authorizer {
  readonly jwt?: { readonly claims: Readonly<Record<string, unknown>>; readonly scopes?: readonly string[] | null };
  readonly iam?: { readonly accountId?: unknown };
}

/** An answer in the same format. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The path that routes are written for. */
export function pathOf({ rawPath, requestContext: { stage } }: HttpEvent): string {
  return stage !== "$default" && rawPath.startsWith(`/${stage}/`) ? rawPath.slice(stage.length + 1) : rawPath;
}

/** A header by its lower-case name; empty where it is not there. */
export function headerOf({ headers }: HttpEvent, name: string): string {
  return Object.entries(headers).find(([written]) => written.toLowerCase() === name)?.[1] ?? "";
}

/** Names and values of the query, in order; a name may come twice. */
export function queryPairs({
  rawQueryString,
  queryStringParameters = {},
}: HttpEvent): readonly (readonly [string, string])[] {
  if (rawQueryString !== "") return [...new URLSearchParams(rawQueryString)];
  return Object.entries(queryStringParameters).map(([name, value = ""]) => [name, value]);
}

/** Every place in a value, as the way to it. */
export function placesIn(value: unknown, way: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [way];
  return [way, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...way, name]))];
}

/** The value with something else in one of its places; undefined takes the place away from an object's JSON. */
export function withPut(value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown {
  if (name === undefined) return put;
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  copy[name] = withPut(copy[name], rest, put);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

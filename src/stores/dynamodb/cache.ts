/** What is worth remembering between merges. It may forget at any time. */
export interface Cache<T> {
  readonly get: (key: string) => T | undefined;
  readonly set: (key: string, value: T, bytes: number) => void;
  readonly delete: (key: string) => void;
}

interface Entry<T> {
  readonly value: T;
  readonly bytes: number;
}

/** Two generations of about so many bytes each: what was not asked for during one whole generation goes. */
export function twoGenerations<T>(limitBytes: number): Cache<T> {
  let young = new Map<string, Entry<T>>();
  let old = new Map<string, Entry<T>>();
  let held = 0;
  const keep = (key: string, entry: Entry<T>): void => {
    held += entry.bytes - (young.get(key)?.bytes ?? 0);
    if (held > limitBytes) {
      old = young;
      young = new Map();
      held = entry.bytes;
    }
    young.set(key, entry);
  };
  return {
    get: (key) => {
      const known = young.get(key) ?? old.get(key);
      if (known !== undefined && !young.has(key)) keep(key, known);
      return known?.value;
    },
    set: (key, value, bytes) => {
      keep(key, { value, bytes });
      old.delete(key);
    },
    delete: (key) => {
      held -= young.get(key)?.bytes ?? 0;
      young.delete(key);
      old.delete(key);
    },
  };
}

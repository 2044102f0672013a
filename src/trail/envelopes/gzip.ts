import { gunzip, gunzipSync } from "node:zlib";

/** How much a compressed file may grow. A log file grows 10 to 40 times. */
export interface InflationLimits {
  /** Bytes that any file may have, however small it is compressed. */
  readonly floorBytes: number;
  readonly ratio: number;
  readonly ceilingBytes: number;
}

const MIB = 1024 * 1024;

/**
 * CloudTrail's own files hold 50 MB at most, exports of them may hold more; a bomb of 1 GiB in 1 MiB ends at 200 MiB.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
 */
export const INFLATION_LIMITS: InflationLimits = { floorBytes: 8 * MIB, ratio: 200, ceilingBytes: 256 * MIB };

export type Inflated =
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly reason: string };

/**
 * The content of a gzip file (RFC 1952; several members are one after another), and anything else as it is. One pass
 * through the thread pool, so that the caller can parse meanwhile. Never rejects: what cannot be read has a reason.
 */
export async function inflate(bytes: Uint8Array, limits: InflationLimits = INFLATION_LIMITS): Promise<Inflated> {
  if (!isGzip(bytes)) return uncompressed(bytes);
  return new Promise((resolve) => {
    gunzip(bytes, options(bytes, limits), (error, result) => {
      resolve(error === null ? content(result) : { ok: false, reason: reasonOf(error) });
    });
  });
}

/** `inflate` for a payload inside a message, where the caller cannot wait. */
export function inflateNow(bytes: Uint8Array, limits: InflationLimits = INFLATION_LIMITS): Inflated {
  if (!isGzip(bytes)) return uncompressed(bytes);
  try {
    return content(gunzipSync(bytes, options(bytes, limits)));
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** The two magic bytes of RFC 1952, section 2.3.1. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Deflate makes no more than this out of a byte, whatever the content. */
const DEFLATES_BEST = 1032;

/** The most bytes that inflating can have made before it failed. */
export function mostInflated(compressedBytes: number, limits: InflationLimits = INFLATION_LIMITS): number {
  return Math.min(allowed(compressedBytes, limits), DEFLATES_BEST * compressedBytes);
}

function allowed(compressedBytes: number, { floorBytes, ratio, ceilingBytes }: InflationLimits): number {
  return Math.min(ceilingBytes, Math.max(floorBytes, ratio * compressedBytes));
}

function uncompressed(bytes: Uint8Array): Inflated {
  if (bytes.length === 0) return { ok: false, reason: "empty" };
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
  return isZip ? { ok: false, reason: "zip archive: unzip it first" } : { ok: true, bytes };
}

function content(bytes: Uint8Array): Inflated {
  return isGzip(bytes) ? { ok: false, reason: "gzip inside gzip: only one layer is opened" } : { ok: true, bytes };
}

const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 16 * MIB;

/**
 * The chunk is as large as the file's last four bytes (RFC 1952: ISIZE) announce, plus one to see the end: zlib comes
 * back to the main thread after every chunk, and would wait there for each of them while records are being parsed.
 */
function options(bytes: Uint8Array, limits: InflationLimits): { maxOutputLength: number; chunkSize: number } {
  const announced =
    bytes.length < 18 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  return {
    maxOutputLength: allowed(bytes.length, limits),
    chunkSize: Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, announced + 1, mostInflated(bytes.length, limits))),
  };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ERR_BUFFER_TOO_LARGE") return "gzip bomb: inflates to more than a log file can";
  if (code === "Z_BUF_ERROR") return "gzip: cut off";
  if (message === "incorrect data check" || message === "incorrect length check")
    return "gzip: checksum does not match";
  if (message === "incorrect header check") return "gzip: something else follows the content";
  return "gzip: damaged";
}

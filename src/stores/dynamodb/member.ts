/** A pair as a member of a binary set: eight bytes, the target's and then the call's hash, big-endian. */
export function memberOf(target: number, call: number): Uint8Array {
  const halves = new DataView(new ArrayBuffer(8));
  halves.setUint32(0, target);
  halves.setUint32(4, call);
  return new Uint8Array(halves.buffer);
}

/** The pair that a member is; null for what is no member: another length, or a half that no hash gives. */
export function pairOf({ buffer, byteOffset, byteLength }: Uint8Array): readonly [target: number, call: number] | null {
  if (byteLength !== 8) return null;
  const halves = new DataView(buffer, byteOffset, byteLength);
  const [target, call] = [halves.getUint32(0), halves.getUint32(4)];
  return target === 0 || call === 0 ? null : [target, call];
}

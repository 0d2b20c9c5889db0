/** Counters are the one kind of value that an engine understands: signed 64 bits, big-endian. */

const COUNTER_BYTES = 8;

/** Undefined when the value is no counter. */
export function counterValue(value: Uint8Array): bigint | undefined {
  if (value.length !== COUNTER_BYTES) return undefined;
  return new DataView(value.buffer, value.byteOffset, COUNTER_BYTES).getBigInt64(0);
}

/** Wraps beyond 64 bits. */
export function encodeCounter(count: bigint): Buffer {
  const value = Buffer.alloc(COUNTER_BYTES);
  value.writeBigInt64BE(BigInt.asIntN(64, count));
  return value;
}

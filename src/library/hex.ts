import * as bytes from '../primitives/bytes.js';
import { bytesArgument, shown } from './arguments.js';
import { UsageError } from './usage-error.js';

/** Lower-case hex of bytes, in their order. */
export function toHex(value: Uint8Array): string {
  return bytes.toHex(bytesArgument(value, 'value'));
}

/**
 * Bytes of a hex string of either case.
 *
 * @throws UsageError for anything but an even number of hex digits
 */
export function fromHex(hex: string): Uint8Array {
  const value = typeof hex === 'string' ? bytes.fromHex(hex) : undefined;
  if (value === undefined) throw new UsageError('bad-hex', `not an even number of hex digits: ${shown(hex)}`);
  return new Uint8Array(value);
}

/**
 * An id (txid, wtxid, block hash) as people, RPC and explorers write it: its 32 bytes reversed, in hex.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { idFromHex, idToHex } from 'blocksmith/consensus';
 *
 * const shown = '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f';
 * const id = idFromHex(shown);
 * assert.equal(id[31], 0); // the zeros are at the end of the bytes
 * assert.equal(idToHex(id), shown);
 */
export function idToHex(id: Uint8Array): string {
  const value = bytesArgument(id, 'id');
  if (value.length !== 32) throw new UsageError('bad-argument', `an id has 32 bytes, not ${value.length}`);
  return bytes.hashToHex(value);
}

/**
 * The id behind 64 hex digits as people write it: 32 bytes in internal order.
 *
 * @throws UsageError for anything else
 */
export function idFromHex(hex: string): Uint8Array {
  const value = typeof hex === 'string' ? bytes.hashFromHex(hex) : undefined;
  if (value === undefined) throw new UsageError('bad-hex', `not 64 hex digits: ${shown(hex)}`);
  return new Uint8Array(value);
}

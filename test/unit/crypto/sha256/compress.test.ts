import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compress, initialState, midstate, readWords } from '../../../../src/crypto/sha256/compress.js';
import { hex } from '../../../support/curves.js';

/** SHA-256 of any message, by the compression function alone. */
function hash(message: Uint8Array): Uint8Array {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeUInt32BE(message.length * 8, padded.length - 4);
  const state = initialState();
  for (let i = 0; i < padded.length; i += 64) compress(state, readWords(padded.subarray(i), 16));
  const digest = Buffer.alloc(32);
  state.forEach((word, i) => {
    digest.writeInt32BE(word, 4 * i);
  });
  return digest;
}

describe('SHA-256 compression', () => {
  it('hashes as node does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), message => {
        expect(hex(hash(message))).toBe(createHash('sha256').update(message).digest('hex'));
      }),
    );
  });

  it('goes on from a midstate', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 128, maxLength: 128 }), message => {
        const state = midstate(message.subarray(0, 64));
        compress(state, readWords(message.subarray(64), 16));
        const whole = initialState();
        compress(whole, readWords(message, 16));
        compress(whole, readWords(message.subarray(64), 16));
        expect(state).toEqual(whole);
      }),
    );
  });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256d } from '../../../src/crypto/hash.js';
import { HeaderScanner, scanNonces } from '../../../src/crypto/header-scan.js';
import { compress, initialState, midstate, readWords } from '../../../src/crypto/sha256-compress.js';
import { bytes, hex } from '../../support/curves.js';

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

const header80 = fc.uint8Array({ minLength: 80, maxLength: 80 });

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

describe('scan for a nonce', () => {
  const genesis = bytes(
    '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c',
  );
  const genesisTarget = bytes(`${'00'.repeat(26)}ffff00000000`);
  const GENESIS_NONCE = 2083236893;

  it('finds the nonce of the genesis block', () => {
    expect(scanNonces(genesis, GENESIS_NONCE - 50, 100, genesisTarget)).toBe(GENESIS_NONCE);
    expect(scanNonces(genesis, GENESIS_NONCE - 50, 50, genesisTarget)).toBe(-1);
    expect(scanNonces(genesis, GENESIS_NONCE + 1, 50, genesisTarget)).toBe(-1);
  });

  it('compares with the whole target: met when equal, not when one less', () => {
    const exact = Buffer.from(sha256d(genesis));
    expect(scanNonces(genesis, GENESIS_NONCE, 1, exact)).toBe(GENESIS_NONCE);
    const less = Buffer.from(exact);
    less[0] = (less[0] as number) - 1;
    expect(scanNonces(genesis, GENESIS_NONCE, 1, less)).toBe(-1);
  });

  it('finds the first nonce that a plain search finds', () => {
    fc.assert(
      fc.property(header80, fc.nat(2 ** 32 - 300), fc.integer({ min: 1, max: 60 }), (header, start, top) => {
        const target = Buffer.alloc(32, 0xff);
        target[31] = top;
        const candidate = Buffer.from(header);
        let expected = -1;
        for (let nonce = start; nonce < start + 200 && expected < 0; nonce++) {
          candidate.writeUInt32LE(nonce, 76);
          if ((sha256d(candidate)[31] as number) <= top) expected = nonce;
        }
        expect(new HeaderScanner(header, target).scan(start, 200)).toBe(expected);
      }),
    );
  });

  it('ends with the 32 bits of the nonce', () => {
    expect(scanNonces(genesis, 2 ** 32 - 3, 1000, new Uint8Array(32))).toBe(-1);
    expect(scanNonces(genesis, 2 ** 32 - 1, 1, Buffer.alloc(32, 0xff))).toBe(2 ** 32 - 1);
  });
});

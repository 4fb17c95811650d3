import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hash160, sha256, sha256d } from '../../../../src/crypto/hash.js';
import { loadShortHashes, MAX_SHORT_MESSAGE } from '../../../../src/crypto/wasm/short-hashes.js';
import { defined } from '../../../../src/runtime/errors.js';

const sha256Of = (message: Uint8Array) => createHash('sha256').update(message).digest();
const sha256dOf = (message: Uint8Array) => sha256Of(sha256Of(message));
const hash160Of = (message: Uint8Array) => createHash('ripemd160').update(sha256Of(message)).digest();

const module = defined(loadShortHashes(), 'the module for short messages');

describe('hashes of short messages in WebAssembly', () => {
  it('are those of node:crypto for every length', () => {
    for (let length = 0; length <= MAX_SHORT_MESSAGE; length++) {
      const message = Buffer.alloc(length, length * 7 + 1);
      expect(module.sha256(message)).toEqual(sha256Of(message));
      expect(module.sha256d(message)).toEqual(sha256dOf(message));
      expect(module.hash160(message)).toEqual(hash160Of(message));
    }
  });

  it('are so for any bytes, one after the other', () => {
    const message = fc.uint8Array({ maxLength: MAX_SHORT_MESSAGE });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), messages => {
        for (const bytes of messages) {
          expect(module.hash160(bytes)).toEqual(hash160Of(bytes));
          expect(module.sha256d(bytes)).toEqual(sha256dOf(bytes));
          expect(module.sha256(bytes)).toEqual(sha256Of(bytes));
        }
      }),
    );
  });

  it('are in memory of their own', () => {
    const first = module.sha256(Buffer.from('first'));
    module.sha256(Buffer.from('second'));
    expect(first).toEqual(sha256Of(Buffer.from('first')));
    expect(first.buffer.byteLength).toBe(32);
  });
});

describe('the hashes of the protocol', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('are the same before and after the module is loaded, and for long messages', () => {
    for (let round = 0; round < 3000; round++) {
      const message = Buffer.alloc(round % (MAX_SHORT_MESSAGE + 40), round);
      expect(sha256(message)).toEqual(sha256Of(message));
      expect(sha256d(message)).toEqual(sha256dOf(message));
      expect(hash160(message)).toEqual(hash160Of(message));
    }
  });

  it('are the same where there is no WebAssembly', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    const without = await import('../../../../src/crypto/hash.js');
    const message = Buffer.from('a message');
    for (let round = 0; round < 1100; round++) without.sha256(message);
    expect(without.sha256(message)).toEqual(sha256Of(message));
    expect(without.hash160(message)).toEqual(hash160Of(message));
  });
});

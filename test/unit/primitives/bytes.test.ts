import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesEqual,
  compareBytes,
  fromHex,
  hashFromHex,
  hashKey,
  hashToHex,
  isHex,
  keyToHash,
  toHex,
} from '../../../src/primitives/bytes.js';
import { Writer } from '../../../src/primitives/codec.js';
import {
  formatOutPoint,
  isNullOutPointAt,
  outPointFromKey,
  outPointKey,
  outPointKeyAt,
  outPointTxidKey,
} from '../../../src/primitives/outpoint.js';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('hex', () => {
  it('reads back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        expect([...(fromHex(toHex(bytes)) ?? [])]).toEqual([...bytes]);
        expect([...(fromHex(toHex(bytes).toUpperCase()) ?? [])]).toEqual([...bytes]);
      }),
    );
  });

  it.each(['0', 'abc', 'zz', '0x00', ' 00', '00\n', '00 00', '\u{130}\u{130}', '\u{131}\u{131}'])(
    '%j is none',
    text => {
      expect(isHex(text)).toBe(false);
      expect(fromHex(text)).toBeUndefined();
    },
  );

  it('may be as long as a block', () => {
    expect(isHex('ab'.repeat(4_000_000))).toBe(true);
    expect(isHex(`${'ab'.repeat(4_000_000)}x0`)).toBe(false);
  });

  it('of a hash is shown reversed, and has 64 digits', () => {
    fc.assert(
      fc.property(hash, bytes => {
        const shown = hashToHex(bytes);
        expect(shown).toBe(toHex(Uint8Array.from(bytes).reverse()));
        expect([...(hashFromHex(shown) ?? [])]).toEqual([...bytes]);
      }),
    );
    for (const text of ['', '00'.repeat(31), '00'.repeat(33), 'zz'.repeat(32)]) {
      expect(hashFromHex(text)).toBeUndefined();
    }
  });
});

describe('map keys', () => {
  it('are one to one with hashes and outpoints', () => {
    fc.assert(
      fc.property(hash, fc.nat(0xffffffff), (txid, vout) => {
        const key = outPointKey(txid, vout);
        expect([...keyToHash(hashKey(txid))]).toEqual([...txid]);
        expect([...outPointFromKey(key).txid]).toEqual([...txid]);
        expect(outPointFromKey(key).vout).toBe(vout);
        expect(outPointTxidKey(key)).toBe(hashKey(txid));
        const wire = Buffer.concat([Buffer.alloc(3), txid, Buffer.alloc(4)]);
        wire.writeUInt32LE(vout, 35);
        expect(outPointKeyAt(wire, 3)).toBe(key);
      }),
    );
  });

  it('compare as the bytes do', () => {
    fc.assert(
      fc.property(hash, hash, (a, b) => {
        const byKey = hashKey(a) < hashKey(b) ? -1 : hashKey(a) > hashKey(b) ? 1 : 0;
        expect(byKey).toBe(compareBytes(a, b));
        expect(bytesEqual(a, b)).toBe(byKey === 0);
      }),
    );
  });
});

describe('an outpoint', () => {
  it('is null when it names output 2^32-1 of nothing', () => {
    const zero = new Uint8Array(32);
    const isNull = (txid: Uint8Array, vout: number) =>
      isNullOutPointAt(new Writer().u8(7).bytes(txid).u32(vout).finish(), 1);
    expect(isNull(zero, 0xffffffff)).toBe(true);
    expect(isNull(zero, 0)).toBe(false);
    expect(isNull(zero.fill(1, 31), 0xffffffff)).toBe(false);
  });

  it('is shown with its txid reversed', () => {
    const txid = new Uint8Array(32);
    txid[0] = 1;
    expect(formatOutPoint({ txid, vout: 5 })).toBe(`${'0'.repeat(62)}01:5`);
  });
});

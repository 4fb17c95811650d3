import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compressAmount,
  decompressAmount,
  putCompressedAmount,
  readCompressedAmount,
} from '../../../../src/chain/store/amount-compression.js';
import { encodeVarInt64 } from '../../../../src/chain/store/varint.js';
import { COIN, MAX_MONEY } from '../../../../src/primitives/amount.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import { Reader } from '../../../../src/primitives/codec.js';

function written(amount: number): Uint8Array {
  const target = new Uint8Array(12);
  return target.subarray(0, putCompressedAmount(target, 0, amount));
}

describe('amount compression', () => {
  it.each([
    [0, 0x0],
    [1, 0x1],
    [COIN / 100, 0x7],
    [COIN, 0x9],
    [50 * COIN, 0x32],
    [21_000_000 * COIN, 0x1406f40],
  ])("%d has Core's compressed form", (amount, compressed) => {
    expect(compressAmount(BigInt(amount))).toBe(BigInt(compressed));
    expect(decompressAmount(BigInt(compressed))).toBe(BigInt(amount));
  });

  it('gives every number of Core’s ranges back', () => {
    for (let i = 1n; i <= 10_000n; i++) {
      for (const unit of [1n, 1_000_000n, 100_000_000n, 5_000_000_000n]) {
        const amount = i * unit;
        if (decompressAmount(compressAmount(amount)) !== amount) expect.fail(`${amount}`);
      }
      if (compressAmount(decompressAmount(i)) !== i) expect.fail(`${i}`);
    }
  });

  it('is written as the VarInt of the compressed form, for all amounts', () => {
    const amounts = fc.oneof(
      fc.integer({ min: 0, max: MAX_MONEY }),
      fc.integer({ min: 0, max: 21_000_000 }).map(coins => coins * COIN),
      fc.integer({ min: 900_000_000_000_000 - 50, max: 900_000_000_000_000 + 50 }),
    );
    fc.assert(
      fc.property(amounts, amount => {
        const bytes = written(amount);
        expect(toHex(bytes)).toBe(toHex(encodeVarInt64(compressAmount(BigInt(amount)))));
        const reader = new Reader(bytes);
        expect(readCompressedAmount(reader)).toBe(amount);
        expect(reader.isDone).toBe(true);
      }),
    );
  });

  it('reads what Core would read as a negative amount', () => {
    const bytes = encodeVarInt64(compressAmount(0xffffffffffffffffn / 10n));
    expect(readCompressedAmount(new Reader(bytes))).toBe(Number(0xffffffffffffffffn / 10n));
    const wrapped = encodeVarInt64(0xffffffffffffffffn);
    expect(readCompressedAmount(new Reader(wrapped))).toBe(
      Number(BigInt.asIntN(64, decompressAmount(0xffffffffffffffffn))),
    );
  });
});

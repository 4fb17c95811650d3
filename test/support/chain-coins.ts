import fc from 'fast-check';
import { MAX_MONEY } from '../../src/primitives/amount.js';
import { toHex } from '../../src/primitives/bytes.js';
import type { Coin } from '../../src/primitives/coin.js';

/** Scripts of the forms that are stored in a special way, and any others. */
const scripts = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.uint8Array({ minLength: 20, maxLength: 20 }).map(hash => Buffer.from(`76a914${toHex(hash)}88ac`, 'hex')),
  fc.uint8Array({ minLength: 20, maxLength: 20 }).map(hash => Buffer.from(`a914${toHex(hash)}87`, 'hex')),
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map(x => Buffer.from(`2102${toHex(x)}ac`, 'hex')),
  fc.uint8Array({ minLength: 64, maxLength: 64 }).map(xy => Buffer.from(`4104${toHex(xy)}ac`, 'hex')),
);

export const arbitraryCoin: fc.Arbitrary<Coin> = fc.record({
  value: fc.oneof(
    fc.nat(MAX_MONEY),
    fc.nat(21_000_000).map(coins => coins * 100_000_000),
  ),
  script: scripts,
  height: fc.nat(0x7fffffff),
  coinbase: fc.boolean(),
});

/** A coin in a form that compares well. */
export function coinText(coin: Coin | undefined): string {
  if (coin === undefined) return 'spent';
  return `${coin.value} ${toHex(coin.script)} ${coin.height}${coin.coinbase ? ' coinbase' : ''}`;
}

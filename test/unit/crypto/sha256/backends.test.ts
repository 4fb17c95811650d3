import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageList } from '../../../../src/crypto/sha256/message-list.js';
import { bytes, hex } from '../../../support/curves.js';
import { sha256Backends } from '../../../support/sha256.js';

/** SHA-256d by node:crypto alone. */
function expected(message: Uint8Array): string {
  const first = createHash('sha256').update(message).digest();
  return createHash('sha256').update(first).digest('hex');
}

/** Where a message lies in its source: ranges in ascending order. */
type Ranges = readonly (readonly [number, number])[];

function listOf(source: Uint8Array, messages: readonly Ranges[]): MessageList {
  const list = new MessageList(source);
  for (const ranges of messages) {
    for (const [start, end] of ranges) list.range(start, end);
    list.endMessage();
  }
  return list;
}

function expectedOf(source: Uint8Array, messages: readonly Ranges[]): string[] {
  return messages.map(ranges =>
    expected(Buffer.concat(ranges.map(([start, end]) => source.subarray(start, end)))),
  );
}

/** The hashes that lie one behind the other. */
function split(hashes: Uint8Array): (string | undefined)[] {
  return Array.from({ length: hashes.length / 32 }, (_, i) => hex(hashes.subarray(32 * i, 32 * i + 32)));
}

/** Messages one behind the other, of the given lengths. */
function consecutive(lengths: readonly number[]): Ranges[] {
  let end = 0;
  return lengths.map(length => {
    const start = end;
    end += length;
    return [[start, end]];
  });
}

const source = randomBytes(700_000);

it('has a backend that hashes several at a time, on the engines that tests run on', () => {
  expect(sha256Backends.map(([choice]) => choice)).toEqual(['simd', 'scalar']);
});

describe.each(sha256Backends)('hashing many messages: %s', (_, backend) => {
  const check = (messages: readonly Ranges[], from: Uint8Array = source) => {
    expect(split(backend.hashMessages(listOf(from, messages)))).toEqual(expectedOf(from, messages));
  };

  it('hashes the examples of FIPS 180-4 once more', () => {
    const texts = ['', 'abc', 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'];
    const hashes = [
      '5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456',
      '4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358',
      '0cffe17f68954dac3a84fb1458bd5ec99209449749b2b308b7cb55812f9563af',
    ];
    const text = Buffer.from(texts.join(''), 'latin1');
    const list = listOf(text, consecutive(texts.map(({ length }) => length)));
    expect(split(backend.hashMessages(list))).toEqual(hashes);
  });

  it('hashes messages of every length from 0 to 1000, and of all numbers of blocks that it takes at a time', () => {
    check(consecutive(Array.from({ length: 1001 }, (_, length) => length)));
    check(consecutive(Array.from({ length: 66 }, (_, blocks) => blocks * 64)));
    check(consecutive(Array.from({ length: 66 }, (_, blocks) => blocks * 64 + 55)));
    check(consecutive(Array.from({ length: 66 }, (_, blocks) => blocks * 64 + 56)));
  });

  it('hashes in each lane, whatever is in the others', () => {
    for (let lane = 0; lane < 4; lane++) {
      check(consecutive(Array.from({ length: 4 }, (_, i) => (i === lane ? 300 : 20))));
      check(consecutive(Array.from({ length: 4 }, (_, i) => (i === lane ? 20 : 300))));
      check(consecutive(new Array<number>(lane + 1).fill(150)));
    }
  });

  it('hashes any messages, long and short, in several ranges', () => {
    const rangeLength = fc.oneof(
      { weight: 9, arbitrary: fc.nat(1000) },
      { weight: 1, arbitrary: fc.integer({ min: 3900, max: 9000 }) },
    );
    const message = fc.record({
      lengths: fc.array(rangeLength, { minLength: 1, maxLength: 6 }),
      gap: fc.nat(100),
      offset: fc.nat(10_000),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 60 }), descriptions => {
        const messages = descriptions.map(({ lengths, gap, offset }) => {
          let next = offset;
          return lengths.map(length => {
            const start = next;
            next = start + length + gap;
            return [start, start + length] as const;
          });
        });
        check(messages);
      }),
      { numRuns: 60 },
    );
  });

  it('hashes more messages than fit at a time: by number, by size and by what lies between them', () => {
    check(consecutive(new Array<number>(3000).fill(33)));
    check(consecutive(Array.from({ length: 500 }, (_, i) => 1000 + (i % 7))));
    check(Array.from({ length: 40 }, (_, i) => [[i * 17_000, i * 17_000 + 400]]));
    check(Array.from({ length: 40 }, (_, i) => [[(39 - i) * 17_000, (39 - i) * 17_000 + 400]]));
    check(Array.from({ length: 200 }, (_, i) => [[i * 3000, i * 3000 + (i % 5 === 0 ? 40_000 : 250)]]));
  });

  it('leaves out what lies between the ranges of a message', () => {
    const transactions = Array.from({ length: 50 }, (_, i): Ranges => {
      const start = i * 700;
      return [
        [start, start + 4],
        [start + 6, start + 200 + i],
        [start + 500 + i, start + 504 + i],
      ];
    });
    check(transactions);
    check(
      transactions.map(([first, second]) => [
        ...(first ? [first] : []),
        ...(second ? [second] : []),
        [690_000, 690_004],
      ]),
    );
  });

  it('takes a source that is a part of a larger memory, and no messages at all', () => {
    check(consecutive(new Array<number>(20).fill(77)), source.subarray(12_345, 23_456));
    expect(backend.hashMessages(new MessageList(source))).toEqual(new Uint8Array(0));
  });
});

describe.each(sha256Backends)('hashing pairs of hashes: %s', (_, backend) => {
  const check = (count: number) => {
    const pairs = source.subarray(0, count * 64);
    const hashes = new Uint8Array(count * 32);
    backend.hashPairs(pairs, hashes);
    const messages = consecutive(new Array<number>(count).fill(64));
    expect(split(hashes)).toEqual(expectedOf(pairs, messages));
  };

  it('hashes any number of them', () => {
    for (let count = 0; count <= 33; count++) check(count);
    check(6000);
  });

  it('writes over the pairs when it is told to', () => {
    const level = Uint8Array.from(source.subarray(0, 64 * 5200));
    const messages = consecutive(new Array<number>(5200).fill(64));
    const hashes = expectedOf(level, messages);
    backend.hashPairs(level, level);
    expect(split(level.subarray(0, 32 * 5200))).toEqual(hashes);
  });
});

describe.each(sha256Backends)('the search for a nonce: %s', (_, backend) => {
  const genesis = bytes(
    '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c',
  );
  const genesisTarget = bytes(`${'00'.repeat(26)}ffff00000000`);
  const GENESIS_NONCE = 2083236893;
  const header80 = fc.uint8Array({ minLength: 80, maxLength: 80 });
  const scan = (header: Uint8Array, start: number, count: number, target: Uint8Array) =>
    backend.scanner(header, target).scan(start, count);

  /** The first nonce that meets the target, hash by hash; the most significant byte decides as little-endian numbers do. */
  function plainSearch(header: Uint8Array, start: number, count: number, target: Uint8Array): number {
    const limit = Buffer.from(target).reverse();
    const candidate = Buffer.from(header);
    for (let nonce = start; nonce < Math.min(start + count, 2 ** 32); nonce++) {
      candidate.writeUInt32LE(nonce, 76);
      const hash = Buffer.from(expected(candidate), 'hex').reverse();
      if (Buffer.compare(hash, limit) <= 0) return nonce;
    }
    return -1;
  }

  it('finds the nonce of the genesis block, wherever it lies in the range', () => {
    for (let before = 0; before < 9; before++) {
      expect(scan(genesis, GENESIS_NONCE - before, 100, genesisTarget)).toBe(GENESIS_NONCE);
      expect(scan(genesis, GENESIS_NONCE - before, before + 1, genesisTarget)).toBe(GENESIS_NONCE);
      expect(scan(genesis, GENESIS_NONCE - before, before, genesisTarget)).toBe(-1);
    }
    expect(scan(genesis, GENESIS_NONCE + 1, 50, genesisTarget)).toBe(-1);
  });

  it('compares with the whole target: met when equal, not when one less', () => {
    const exact = Buffer.from(expected(genesis), 'hex');
    expect(scan(genesis, GENESIS_NONCE, 1, exact)).toBe(GENESIS_NONCE);
    const less = Buffer.from(exact);
    less[0] = (less[0] as number) - 1;
    expect(scan(genesis, GENESIS_NONCE, 1, less)).toBe(-1);
    expect(scan(genesis, GENESIS_NONCE - 2, 5, less)).toBe(-1);
  });

  it('finds the first nonce that a plain search finds, for hard and easy targets', () => {
    const top = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.nat(255));
    fc.assert(
      fc.property(header80, fc.nat(2 ** 32 - 1), fc.nat(200), top, (header, start, count, highest) => {
        const target = Buffer.alloc(32, 0xff);
        target[31] = highest;
        expect(scan(header, start, count, target)).toBe(plainSearch(header, start, count, target));
      }),
      { numRuns: 80 },
    );
  });

  it('goes on behind a nonce whose most significant bits alone would do', () => {
    // The target's first 32 bits are those of the hash of a nonce that fails by the bits behind them.
    fc.assert(
      fc.property(header80, fc.nat(2 ** 32 - 300), fc.nat(20), (header, start, distance) => {
        const candidate = Buffer.from(header);
        candidate.writeUInt32LE(start + distance, 76);
        const target = Buffer.from(expected(candidate), 'hex').fill(0, 0, 28);
        expect(scan(header, start, 100, target)).toBe(plainSearch(header, start, 100, target));
      }),
      { numRuns: 60 },
    );
  });

  it('ends with the 32 bits of the nonce', () => {
    for (let left = 1; left < 9; left++) {
      expect(scan(genesis, 2 ** 32 - left, 1000, new Uint8Array(32))).toBe(-1);
      expect(scan(genesis, 2 ** 32 - left, 1000, Buffer.alloc(32, 0xff))).toBe(2 ** 32 - left);
    }
    // Nonce 0 meets this target; a range that ends at 2^32 does not come back to it.
    const first = Buffer.from(genesis).fill(0, 76);
    const target = Buffer.from(expected(first), 'hex');
    expect(scan(genesis, 0, 1, target)).toBe(0);
    expect(scan(genesis, 2 ** 32 - 2, 5, target)).toBe(plainSearch(genesis, 2 ** 32 - 2, 2, target));
  });

  it('can go on in turns with other searches', () => {
    const other = Buffer.from(genesis).fill(7, 0, 40);
    const target = Buffer.alloc(32, 0xff).fill(3, 31);
    const searches = [genesis, other].map(header => ({ header, scanner: backend.scanner(header, target) }));
    for (let start = 0; start < 400; start += 50) {
      for (const { header, scanner } of searches) {
        expect(scanner.scan(start, 50)).toBe(plainSearch(header, start, 50, target));
      }
    }
  });

  it('says how much it does in about 10 ms', () => {
    expect(backend.scanner(genesis, genesisTarget).slice).toBeGreaterThan(1000);
  });
});

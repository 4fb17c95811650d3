import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCoin } from '../../../../src/chain/coins/coin-codec.js';
import type { CoinRecord } from '../../../../src/chain/coins/coins-db.js';
import { SnapshotReader } from '../../../../src/chain/snapshot/snapshot-reader.js';
import { writeSnapshot } from '../../../../src/chain/snapshot/write-snapshot.js';
import { encodeVarInt64 } from '../../../../src/chain/store/varint.js';
import { chainParams } from '../../../../src/consensus/networks.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import { errorMessage } from '../../../../src/runtime/errors.js';
import { REGTEST } from '../../../support/chain-builder.js';
import { arbitraryCoin, coinText } from '../../../support/chain-coins.js';
import { coinsStoreOf, MemoryTarget, memoryInput } from '../../../support/snapshot.js';

const BASE = new Uint8Array(32).fill(7);
const BASE_HEIGHT = 50;
/** Of the header: magic, version, network, hash, count. */
const NETWORK_AT = 7;
const COUNT_AT = 43;
const COINS_AT = 51;

const txidOf = (number: number) => new Uint8Array(32).fill(number);
const record = (txid: number, vout: number, changes: Partial<CoinRecord['coin']> = {}): CoinRecord => ({
  txid: txidOf(txid),
  vout,
  coin: { value: 5e9, script: Uint8Array.of(0x51), height: 3, coinbase: true, ...changes },
});

/** Two coins of one transaction, and one of another. */
const THREE_COINS = [record(1, 0), record(1, 300), record(2, 1, { height: 44, coinbase: false })];

async function written(records: readonly CoinRecord[]): Promise<Buffer> {
  const target = new MemoryTarget();
  await writeSnapshot(await coinsStoreOf(records, BASE), REGTEST.magic, target, () => false);
  return target.bytes;
}

async function readAll(
  bytes: Uint8Array,
  { step = bytes.length, baseHeight = BASE_HEIGHT } = {},
): Promise<CoinRecord[]> {
  const reader = await SnapshotReader.open(memoryInput(bytes, step), REGTEST);
  const records: CoinRecord[] = [];
  for await (const lot of reader.coins(baseHeight)) records.push(...lot);
  return records;
}

/** What reading says of the bytes, undefined when all is well. */
async function refusal(bytes: Uint8Array): Promise<string | undefined> {
  return readAll(bytes).then(
    () => undefined,
    (thrown: unknown) => errorMessage(thrown),
  );
}

function changed(bytes: Buffer, at: number, content: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(content, at);
  return copy;
}

const recordText = ({ txid, vout, coin }: CoinRecord) => `${toHex(txid)} ${vout} ${coinText(coin)}`;

describe('a snapshot file', () => {
  it('is a header and the coins of each transaction', async () => {
    const bytes = await written(THREE_COINS);
    expect(bytes.subarray(0, COINS_AT).toString('hex')).toBe(
      `7574786fff0200fabfb5da${'07'.repeat(32)}0300000000000000`,
    );
    const coin = (index: number) => Buffer.from(encodeCoin((THREE_COINS[index] as CoinRecord).coin));
    expect(bytes.subarray(COINS_AT)).toEqual(
      Buffer.concat([
        txidOf(1),
        Uint8Array.of(2, 0),
        coin(0),
        Uint8Array.of(0xfd, 0x2c, 0x01),
        coin(1),
        txidOf(2),
        Uint8Array.of(1, 1),
        coin(2),
      ]),
    );
  });

  it('can be without coins', async () => {
    expect(await readAll(await written([]))).toEqual([]);
  });

  it('gives back any coins, however few bytes come at a time', async () => {
    const outPoints = fc.uniqueArray(
      fc.record({ txid: fc.nat(5).map(txidOf), vout: fc.nat(70_000), coin: arbitraryCoin }),
      {
        selector: ({ txid, vout }) => `${toHex(txid)} ${vout}`,
        maxLength: 40,
      },
    );
    await fc.assert(
      fc.asyncProperty(outPoints, fc.integer({ min: 1, max: 200 }), async (coins, step) => {
        const read = await readAll(await written(coins), { step, baseHeight: 0x7fffffff });
        expect(read.map(recordText).sort()).toEqual(coins.map(recordText).sort());
      }),
      { numRuns: 60 },
    );
  });

  it('comes in lots', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => record(1, i));
    const reader = await SnapshotReader.open(memoryInput(await written(many)), REGTEST);
    const sizes: number[] = [];
    for await (const lot of reader.coins(BASE_HEIGHT)) sizes.push(lot.length);
    expect(sizes).toEqual([1000, 1000, 500]);
  });
});

describe('a snapshot that is cut short', () => {
  it('is refused wherever that is', async () => {
    const whole = await written(THREE_COINS);
    const sizes = THREE_COINS.map(({ coin }) => encodeCoin(coin).length) as [number, number, number];
    const firstEnd = COINS_AT + 33 + 1 + sizes[0];
    const secondEnd = firstEnd + 3 + sizes[1];
    for (let length = 0; length < whole.length; length++) {
      const complete = length < firstEnd ? 0 : length < secondEnd ? 1 : 2;
      expect(await refusal(whole.subarray(0, length))).toBe(
        length < COINS_AT
          ? 'AutoFile::read: end of file'
          : `Bad snapshot format or truncated snapshot after deserializing ${complete} coins`,
      );
    }
  });
});

describe('a snapshot with wrong bytes', () => {
  it('is refused for magic and version', async () => {
    const bytes = await written(THREE_COINS);
    for (let at = 0; at < 5; at++) {
      expect(await refusal(changed(bytes, at, [0]))).toBe(
        'Invalid UTXO set snapshot magic bytes. Please check if this is indeed a snapshot file or if you are using an outdated snapshot format.',
      );
    }
    for (const version of [0, 1, 3, 513]) {
      expect(await refusal(changed(bytes, 5, [version & 0xff, version >> 8]))).toBe(
        `Version of snapshot ${version} does not match any of the supported versions.`,
      );
    }
  });

  it('is refused for another network, known or not', async () => {
    const bytes = await written(THREE_COINS);
    for (const name of ['main', 'test', 'testnet4', 'signet'] as const) {
      expect(await refusal(changed(bytes, NETWORK_AT, [...chainParams(name).magic]))).toBe(
        `The network of the snapshot (${name}) does not match the network of this node (regtest).`,
      );
    }
    expect(await refusal(changed(bytes, NETWORK_AT, [0, 0, 0, 0]))).toBe(
      'This snapshot has been created for an unrecognized network. This could be a custom signet, a new testnet or possibly caused by data corruption.',
    );
  });

  it('is refused for a wrong number of coins', async () => {
    const bytes = await written(THREE_COINS);
    expect(await refusal(changed(bytes, COUNT_AT, [2]))).toBe(
      'Bad snapshot - coins left over after deserializing 2 coins',
    );
    expect(await refusal(changed(bytes, COUNT_AT, [4]))).toBe(
      'Bad snapshot format or truncated snapshot after deserializing 3 coins',
    );
    expect(await refusal(changed(bytes, COUNT_AT, new Array(8).fill(0xff)))).toBe(
      'Bad snapshot format or truncated snapshot after deserializing 3 coins',
    );
    expect(await refusal(changed(bytes, COUNT_AT, [1]))).toBe(
      'Mismatch in coins count in snapshot metadata and actual snapshot data',
    );
    expect(await refusal(Buffer.concat([bytes, Uint8Array.of(0)]))).toBe(
      'Bad snapshot - coins left over after deserializing 3 coins',
    );
  });

  it('is refused for coins from above its base, and for more money than there is', async () => {
    const high = await written([record(1, 0), record(1, 1, { height: BASE_HEIGHT + 1 })]);
    expect(await refusal(high)).toBe('Bad snapshot data after deserializing 1 coins');
    const rich = await written([record(1, 0, { value: 2_100_000_000_000_001 })]);
    expect(await refusal(rich)).toBe('Bad snapshot data after deserializing 0 coins - bad tx out value');
  });

  it('is refused for a number in a form that is longer than need be, and for one that is too large', async () => {
    const bytes = await written(THREE_COINS);
    const truncated = 'Bad snapshot format or truncated snapshot after deserializing 0 coins';
    expect(await refusal(changed(bytes, COINS_AT + 32, [0xfd, 2, 0]))).toBe(truncated);
    expect(await refusal(changed(bytes, COINS_AT + 33, [0xfe, 1, 0, 0, 0x10]))).toBe(truncated);
  });

  it('is read past scripts that are too long to be spent, which Core replaces', async () => {
    // Longer than all that is ever at hand.
    const length = 3 << 20;
    const [first, , last] = THREE_COINS as [CoinRecord, CoinRecord, CoinRecord];
    const plain = await written([first, last]);
    const cut = COINS_AT + 34 + encodeCoin(first.coin).length - 2;
    const long = Buffer.concat([
      plain.subarray(0, cut),
      encodeVarInt64(BigInt(length + 6)),
      Buffer.alloc(length, 0x61),
      plain.subarray(cut + 2),
    ]);
    const read = await readAll(long);
    expect(read.map(({ coin }) => toHex(coin.script))).toEqual(['6a', '51']);
    expect(await refusal(long.subarray(0, cut + 100_000))).toBe(
      'Bad snapshot format or truncated snapshot after deserializing 0 coins',
    );
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { coinDbKey, decodeCoin, encodeCoin } from '../../../src/chain/coins/coin-codec.js';
import { BlockIndexDb, type BlockIndexEntry } from '../../../src/chain/store/block-index-db.js';
import { decodeBlockUndo, encodeBlockUndo } from '../../../src/chain/store/undo-codec.js';
import { MemoryChainStores, memoryStores } from '../../../src/chain/stores.js';
import type { ChainParams } from '../../../src/consensus/params.js';
import { sha256, sha256d } from '../../../src/crypto/hash.js';
import type { Block } from '../../../src/primitives/block.js';
import { bytesEqual, concatBytes } from '../../../src/primitives/bytes.js';
import type { Coin } from '../../../src/primitives/coin.js';
import type { OutPoint } from '../../../src/primitives/outpoint.js';
import { defined } from '../../../src/runtime/errors.js';
import { type Logger, silentLogger } from '../../../src/runtime/logger.js';
import { p2wsh } from '../../../src/script/templates.js';
import {
  ANYONE_CAN_SPEND,
  buildBlock,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  REGTEST,
  submit,
  testChain,
} from '../../support/chain-builder.js';

/*
 * -checklevel: 0 reads blocks, 1 checks them, 2 reads undo data, 3 disconnects, 4 connects again. Each damage below has
 * the lowest level that can find it; that one and all above must, and those below it cannot. (Core looks at no more than
 * the header when it reads a block: damage to transactions shows there from level 1 on, to witnesses from level 4 on.)
 */

/** Height of the block that is harmed: it spends a coin with a witness, and its own outputs are not spent. */
const HEIGHT = 103;
const TOP = 106;

const trunk = buildEmptyBlocks(REGTEST.genesis, 0, 101);
const witnessScript = p2wsh(sha256(ANYONE_CAN_SPEND));
const funding = buildSpend([coinbaseOutPoint(trunk[0] as Block)], [{ value: 50e8, script: witnessScript }]);
const fundingBlock = buildBlock({ prev: trunk[100] as Block, height: 102, transactions: [funding] });
const spend = buildSpend([{ txid: funding.txid, vout: 0 }], [{ value: 49e8, script: ANYONE_CAN_SPEND }], {
  witnesses: [[ANYONE_CAN_SPEND]],
});
const harmedBlock = buildBlock({ prev: fundingBlock, height: HEIGHT, transactions: [spend] });
const blocks = [...trunk, fundingBlock, harmedBlock, ...buildEmptyBlocks(harmedBlock, HEIGHT, TOP - HEIGHT)];

const spentOutPoint: OutPoint = { txid: funding.txid, vout: 0 };
const createdOutPoint: OutPoint = { txid: spend.txid, vout: 0 };

async function entryOfHarmed({ index }: MemoryChainStores): Promise<BlockIndexEntry> {
  const found: BlockIndexEntry[] = [];
  await new BlockIndexDb(index).readAll(entry => {
    if (bytesEqual(entry.hash, harmedBlock.hash)) found.push(entry);
  });
  return defined(found[0], 'the block in the index');
}

/** Changes one byte of the block: `at` bytes after what `find` begins with. */
async function flipInBlock(stores: MemoryChainStores, find: Uint8Array, at: number): Promise<void> {
  const { dataPos } = await entryOfHarmed(stores);
  const place = dataPos + Buffer.from(harmedBlock.raw).indexOf(find) + at;
  const [byte = 0] = stores.blockFiles.readSync(0, place, 1);
  stores.blockFiles.write(0, place, Uint8Array.of(byte ^ 1));
}

/** Rewrites the undo data, checksum and all. */
async function changeUndo(stores: MemoryChainStores, change: (coin: Coin) => Coin): Promise<void> {
  const { undoPos } = await entryOfHarmed(stores);
  const size = Buffer.from(stores.undoFiles.readSync(0, undoPos - 4, 4)).readUInt32LE();
  const undo = decodeBlockUndo(stores.undoFiles.readSync(0, undoPos, size));
  const changed = encodeBlockUndo(undo.map(coins => coins.map(change)));
  expect(changed.length).toBe(size);
  const checksum = sha256d(concatBytes(fundingBlock.hash, changed));
  stores.undoFiles.write(0, undoPos, concatBytes(changed, checksum));
}

async function putCoin({ coins }: MemoryChainStores, at: OutPoint, coin: Coin | undefined): Promise<void> {
  const batch = coins.batch();
  const key = coinDbKey(at);
  if (coin === undefined) batch.delete(key);
  else batch.put(key, encodeCoin(coin));
  await batch.write();
}

function storedCoin({ coins }: MemoryChainStores, at: OutPoint): Coin {
  return decodeCoin(defined(coins.getSync(coinDbKey(at)), 'coin'));
}

interface Damage {
  readonly what: string;
  /** Lowest level that finds it. */
  readonly level: number;
  readonly error: RegExp;
  readonly harm: (stores: MemoryChainStores) => Promise<void> | void;
  readonly params?: ChainParams;
}

const SPENT_COIN: Coin = { value: 50e8, script: witnessScript, height: 102, coinbase: false };

const DAMAGES: readonly Damage[] = [
  {
    what: 'a byte of the header',
    level: 0,
    error: /ReadBlockFromDisk failed at 103/,
    harm: stores => flipInBlock(stores, harmedBlock.header.raw, 70),
  },
  {
    what: 'a byte of an amount',
    level: 0,
    error: /ReadBlockFromDisk failed at 103.*bad-txnmrklroot/,
    harm: stores => flipInBlock(stores, spend.raw, 50),
  },
  {
    what: 'a byte of a witness',
    level: 0,
    error: /ReadBlockFromDisk failed at 103.*bad-witness-merkle-match/,
    harm: stores => flipInBlock(stores, spend.raw, spend.raw.length - 5),
  },
  {
    what: 'a block file that is cut off',
    level: 0,
    error: /ReadBlockFromDisk failed at 106/,
    harm: ({ blockFiles }) => {
      const { length } = blockFiles.readSync(0, 0, Number.MAX_SAFE_INTEGER);
      blockFiles.truncate(0, length - 1);
    },
  },
  {
    what: 'blocks that were stored when a rule was not known yet',
    level: 1,
    error: /found bad block at 106, .*bad-signet-blksig/,
    harm: () => {},
    params: { ...REGTEST, consensus: { ...REGTEST.consensus, signetChallenge: Uint8Array.of(0) } },
  },
  {
    what: 'a byte of undo data',
    level: 2,
    error: /found bad undo data at 103, .*checksum mismatch/,
    harm: async stores => {
      const { undoPos } = await entryOfHarmed(stores);
      const [byte = 0] = stores.undoFiles.readSync(0, undoPos + 3, 1);
      stores.undoFiles.write(0, undoPos + 3, Uint8Array.of(byte ^ 1));
    },
  },
  {
    what: 'an undo file that is gone',
    level: 2,
    error: /found bad undo data at 106/,
    harm: ({ undoFiles }) => {
      undoFiles.remove(0);
    },
  },
  {
    what: 'a coin that is missing',
    level: 3,
    error: /coin database inconsistencies found \(last 4 blocks/,
    harm: stores => putCoin(stores, createdOutPoint, undefined),
  },
  {
    what: 'a coin of another amount',
    level: 3,
    error: /coin database inconsistencies found \(last 4 blocks/,
    harm: stores => putCoin(stores, createdOutPoint, { ...storedCoin(stores, createdOutPoint), value: 48e8 }),
  },
  {
    what: 'a coin of another height',
    level: 3,
    error: /coin database inconsistencies found \(last 4 blocks/,
    harm: stores => putCoin(stores, createdOutPoint, { ...storedCoin(stores, createdOutPoint), height: 1 }),
  },
  {
    what: 'a spent coin that is still there',
    level: 3,
    error: /coin database inconsistencies found \(last 4 blocks/,
    harm: stores => putCoin(stores, spentOutPoint, SPENT_COIN),
  },
  {
    what: 'undo data with another amount, and a checksum that says it is right',
    level: 4,
    error: /found unconnectable block at 103, .*bad-txns-in-belowout/,
    harm: stores => changeUndo(stores, coin => ({ ...coin, value: 40e8 })),
  },
  {
    what: 'undo data with another script, and a checksum that says it is right',
    level: 4,
    error: /found unconnectable block at 103, .*mandatory-script-verify-flag-failed/,
    harm: stores => changeUndo(stores, coin => ({ ...coin, script: p2wsh(new Uint8Array(32)) })),
  },
];

describe('verification of the last blocks', () => {
  let original: MemoryChainStores;

  const open = (stores: MemoryChainStores, depth: number, level: number, params = REGTEST) => {
    const lines: string[] = [];
    const logger: Logger = { ...silentLogger, info: line => lines.push(line) };
    const { chain } = testChain({
      params,
      stores: new MemoryChainStores(stores),
      checkBlocks: depth,
      checkLevel: level,
      modules: { logger },
    });
    return { chain, lines };
  };

  beforeAll(async () => {
    original = memoryStores(REGTEST.magic);
    const { chain } = open(original, 6, 3);
    await chain.start();
    await submit(chain, blocks);
    await chain.stop();
  });

  /** What start says of a harmed chain, and the log. */
  const outcome = async (
    { harm, params }: Damage,
    depth: number,
    level: number,
  ): Promise<[string, string]> => {
    const stores = original.clone();
    await harm(stores);
    const { chain, lines } = open(stores, depth, level, params);
    const failure: unknown = await chain.start().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    await chain.stop();
    const errors = lines.filter(line => line.startsWith('Verification error'));
    return [failure instanceof Error ? failure.message : 'started', errors.join('\n')];
  };

  describe.each(DAMAGES)('with $what', damage => {
    it.each([0, 1, 2, 3, 4])(`at level %i, where ${damage.level} can find it`, async level => {
      const [start, errors] = await outcome(damage, TOP - HEIGHT + 1, level);
      if (level < damage.level) expect([start, errors]).toEqual(['started', '']);
      else {
        expect(start).toBe('Corrupted block database detected');
        expect(errors).toMatch(damage.error);
      }
    });
  });

  it('does not look below the depth that is asked for', async () => {
    for (const damage of DAMAGES.filter(({ error }) => !error.source.includes('106'))) {
      expect(await outcome(damage, TOP - HEIGHT, 4)).toEqual(['started', '']);
    }
  });

  it('finds nothing in a sound chain, at any level and to any depth', async () => {
    for (const level of [0, 1, 2, 3, 4]) {
      for (const depth of [0, 1, 50, 1000]) {
        const { chain, lines } = open(original.clone(), depth, level);
        await chain.start();
        expect(await chain.verify({ depth, level })).toBe('ok');
        expect(lines.filter(line => line.startsWith('Verification error'))).toEqual([]);
        await chain.stop();
      }
    }
  });

  it('is the same when a client asks for it', async () => {
    for (const { harm, level, error, params } of DAMAGES) {
      if (params !== undefined) continue;
      const stores = original.clone();
      const { chain, lines } = open(stores, 1, 0);
      await chain.start();
      await harm(stores);
      if (level > 0) expect(await chain.verify({ depth: 4, level: level - 1 })).toBe('ok');
      expect(await chain.verify({ depth: 4, level })).toBe('corrupt');
      expect(lines.join('\n')).toMatch(error);
      await chain.stop();
    }
  });
});

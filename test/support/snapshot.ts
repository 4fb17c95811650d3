import type { BlockChain } from '../../src/chain/chainstate.js';
import { packCoin } from '../../src/chain/coins/coin-codec.js';
import { type CoinChange, type CoinRecord, CoinsStore } from '../../src/chain/coins/coins-db.js';
import type { ReadBytes } from '../../src/chain/snapshot/buffered-input.js';
import { SnapshotReader } from '../../src/chain/snapshot/snapshot-reader.js';
import type { SnapshotTarget } from '../../src/chain/snapshot/snapshot-writer.js';
import { MemoryStore } from '../../src/chain/store/memory-store.js';
import type { ChainParams } from '../../src/consensus/params.js';
import type { Block } from '../../src/primitives/block.js';
import type { Hash256 } from '../../src/primitives/bytes.js';
import { REGTEST, submit, testChain } from './chain-builder.js';

/** A coins database in memory with these coins, as after block `best`. */
export async function coinsStoreOf(records: readonly CoinRecord[], best: Hash256): Promise<CoinsStore> {
  const store = new CoinsStore(new MemoryStore());
  await store.write(
    records.map((record): CoinChange => ({ outpoint: record, packed: packCoin(record.coin).slice() })),
    best,
  );
  return store;
}

/** A file in memory to write a snapshot to. */
export class MemoryTarget implements SnapshotTarget {
  bytes = Buffer.alloc(0);

  async write(bytes: Uint8Array, at: number): Promise<void> {
    const grown = Buffer.alloc(Math.max(this.bytes.length, at + bytes.length));
    grown.set(this.bytes);
    grown.set(bytes, at);
    this.bytes = grown;
  }
}

/** Reads from memory, at most `step` bytes at a time. */
export function memoryInput(bytes: Uint8Array, step = bytes.length): ReadBytes {
  let position = 0;
  return async target => {
    const part = bytes.subarray(position, position + Math.min(step, target.length));
    target.set(part);
    position += part.length;
    return part.length;
  };
}

/** A snapshot as of the last of these blocks, which start at height 1, and a network that knows it. */
export async function makeSnapshot(
  blocks: readonly Block[],
): Promise<{ bytes: Buffer; params: ChainParams }> {
  const { chain } = testChain();
  await chain.start();
  await submit(chain, blocks);
  const target = new MemoryTarget();
  const { base, hash } = await chain.dumpCoins(target);
  const chainTxCount = chain.headers.chainTxCount(chain.tip);
  await chain.stop();
  const facts = { height: blocks.length, blockHash: base, hashSerialized: hash, chainTxCount };
  return { bytes: target.bytes, params: { ...REGTEST, snapshots: [facts] } };
}

/** Takes a snapshot, with nothing in a mempool. @returns its base */
export async function loadSnapshot(chain: BlockChain, bytes: Uint8Array, isMempoolEmpty = () => true) {
  // In small steps, as a file might come.
  const reader = await SnapshotReader.open(memoryInput(bytes, 1000), chain.params);
  return chain.loadSnapshot(reader, isMempoolEmpty);
}

import { fork } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CoinsCache } from '../src/chain/coins/coins-cache.js';
import { CoinsStore } from '../src/chain/coins/coins-db.js';
import { HeaderTree } from '../src/chain/header-tree.js';
import { MemoryStore } from '../src/chain/store/memory-store.js';
import { BlockHeader, HEADER_SIZE } from '../src/primitives/header.js';

/** What a process keeps many of. */
export type Kept = 'headers' | 'coins';

/** Memory of so many of them. */
export interface MemoryProbe {
  /** By which the resident memory of the process grew, garbage collected before and after. */
  readonly residentBytes: number;
  /** By what the program itself counts. */
  readonly countedBytes: number;
}

/** Keeps `count` headers or coins in a process of its own, which has nothing else to do. */
export async function probeMemory(kept: Kept, count: number): Promise<MemoryProbe> {
  const child = fork(fileURLToPath(import.meta.url), [kept, String(count)], { execArgv: ['--expose-gc'] });
  const [probe] = (await once(child, 'message')) as [MemoryProbe];
  child.kill();
  return probe;
}

const REGTEST_BITS = 0x207fffff;

/** A chain of headers, as a node has read it from its index. Their hashes are made up. */
function fillHeaders(count: number): () => number {
  const tree = new HeaderTree();
  const raw = Buffer.alloc(HEADER_SIZE);
  raw.writeUInt32LE(REGTEST_BITS, 72);
  const hash = Buffer.alloc(32);
  for (let height = 0; height < count; height++) {
    raw.writeUInt32LE(height, 68);
    randomFillSync(hash);
    tree.add(new BlockHeader(raw), hash);
    raw.set(hash, 4);
  }
  return () => tree.bytes;
}

const P2WPKH = Buffer.from(`0014${'ab'.repeat(20)}`, 'hex');

/** Coins as the outputs of payments are: two a transaction, of uneven amounts. */
function fillCoins(count: number): () => number {
  const cache = new CoinsCache(new CoinsStore(new MemoryStore()));
  const txid = Buffer.alloc(32);
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) randomFillSync(txid);
    const coin = {
      value: 123_456_789 + i * 7919,
      script: P2WPKH,
      height: 800_000 + (i >> 12),
      coinbase: false,
    };
    cache.add({ txid, vout: i % 2 }, coin, { overwrite: false });
  }
  return () => cache.bytes;
}

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

// As the process that is measured.
if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , kept, count] = process.argv;
  const fill = kept === 'headers' ? fillHeaders : fillCoins;
  // Code is compiled and buffers are there before the measurement.
  fill(1000);
  const before = residentBytes();
  const counted = fill(Number(count));
  const probe: MemoryProbe = { residentBytes: residentBytes() - before, countedBytes: counted() };
  process.send(probe);
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BlockUndo } from '../../../src/chain/chain.js';
import { CoinsCache } from '../../../src/chain/coins/coins-cache.js';
import { CoinsStore } from '../../../src/chain/coins/coins-db.js';
import { CoinsOverlay } from '../../../src/chain/coins/coins-overlay.js';
import { connectBlock } from '../../../src/chain/connect/connect-block.js';
import { disconnectBlock } from '../../../src/chain/connect/disconnect-block.js';
import { coinsSpentFromOutside } from '../../../src/chain/connect/prefetch.js';
import { BoundedExecutionCache } from '../../../src/chain/scripts/execution-cache.js';
import { verifyOnMainThread } from '../../../src/chain/scripts/main-thread.js';
import { MemoryStore } from '../../../src/chain/store/memory-store.js';
import { decodeBlockUndo, encodeBlockUndo } from '../../../src/chain/store/undo-codec.js';
import { type HeaderView, NO_HEADER } from '../../../src/consensus/chain-view.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { Block } from '../../../src/primitives/block.js';
import { ZERO_HASH } from '../../../src/primitives/bytes.js';
import { Reader } from '../../../src/primitives/codec.js';
import type { Coin } from '../../../src/primitives/coin.js';
import { type OutPoint, outPointKey } from '../../../src/primitives/outpoint.js';
import { hasShared, readSharedJson, sharedPath } from '../../support/shared.js';

interface Sample {
  readonly name: string;
  readonly net: 'main' | 'test3';
  readonly height: number;
}

const FOLDER = 'vectors/blocks/with-prevouts';
const samples = hasShared ? readSharedJson<Sample[]>(`${FOLDER}/index.json`) : [];

/** All that is known of the chain before the block: its height, and that all is long ago. */
function viewBefore(height: number): HeaderView {
  return {
    height: id => (id === 0 ? height - 1 : 1),
    prev: () => NO_HEADER,
    version: () => 1,
    time: () => 0,
    bits: () => 0,
    hash: () => ZERO_HASH,
    ancestor: (_, at) => (at === height - 1 ? 0 : 1),
    medianTimePast: id => (id === 0 ? 0xffffffff : 0),
  };
}

/** The coins that a block spends; outputs of its own are not among them. */
function readPrevouts(name: string, block: Block): Map<OutPoint, Coin> {
  const reader = new Reader(readFileSync(sharedPath(`${FOLDER}/${name}.prevouts`)));
  const outside = new Set(coinsSpentFromOutside(block).map(({ txid, vout }) => outPointKey(txid, vout)));
  const coins = new Map<OutPoint, Coin>();
  for (const tx of block.transactions.slice(1)) {
    for (let i = 0; i < tx.inputCount; i++) {
      const coin = { value: reader.amount(), script: reader.varBytes(), height: 1, coinbase: false };
      if (outside.has(tx.prevoutKey(i))) coins.set(tx.prevout(i), coin);
    }
  }
  return coins;
}

describe.skipIf(!hasShared)('real blocks', () => {
  const cache = new BoundedExecutionCache(1 << 12);

  it.each(samples)('connect and disconnect: $name', async ({ name, net, height }) => {
    const { consensus: params } = chainParams(net === 'test3' ? 'test' : net);
    const block = Block.parse(readFileSync(sharedPath(`${FOLDER}/${name}.block`)));
    const coins = new CoinsCache(new CoinsStore(new MemoryStore()));
    const before = readPrevouts(name, block);
    for (const [outpoint, coin] of before) coins.add(outpoint, coin, { overwrite: false });

    const overlay = new CoinsOverlay(coins);
    const scripts = { verifier: { verify: verifyOnMainThread }, cache, remember: false };
    const result = await connectBlock(block, 0, overlay, { view: viewBefore(height), params, scripts });
    expect(result).not.toHaveProperty('rejection');
    overlay.commit();
    for (const outpoint of before.keys()) expect(coins.has(outpoint)).toBe(false);

    const { undo } = result as { undo: BlockUndo };
    const back = new CoinsOverlay(coins);
    expect(disconnectBlock(block, height, decodeBlockUndo(encodeBlockUndo(undo)), back)).toBe('clean');
    back.commit();
    expect(coins.size).toBe(before.size);
    for (const [outpoint, coin] of before) {
      const restored = coins.get(outpoint);
      expect(restored?.value).toBe(coin.value);
      expect(Buffer.compare(restored?.script ?? ZERO_HASH, coin.script)).toBe(0);
    }
    for (const { txid } of block.transactions) expect(coins.has({ txid, vout: 0 })).toBe(false);
  });
});

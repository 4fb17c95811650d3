import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkBlock, checkMutation, contextualCheckBlock } from '../../../src/consensus/block-check.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { MAX_BLOCK_SIGOPS_COST } from '../../../src/consensus/limits.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { checkTxInputs, transactionSigOpCost } from '../../../src/consensus/tx-verify.js';
import { NO_WITNESS_COMMITMENT, witnessCommitmentIndex } from '../../../src/consensus/witness.js';
import { Block } from '../../../src/primitives/block.js';
import { bytesEqual, hashToHex } from '../../../src/primitives/bytes.js';
import { Reader } from '../../../src/primitives/codec.js';
import type { Coin } from '../../../src/primitives/coin.js';
import { ScriptFlag } from '../../../src/script/flags.js';
import { TestHeaders } from '../../support/header-chain.js';
import { hasShared, readSharedJson, sharedPath } from '../../support/shared.js';

const main = chainParams('main');

function readBlock(path: string): Block {
  return Block.parse(readFileSync(sharedPath(`vectors/blocks/${path}`)));
}

/** The whole blocks in a block file: magic, length and block each. */
function* blocksOfFile(bytes: Uint8Array): Generator<Block> {
  const reader = new Reader(bytes);
  while (reader.remaining > 8) {
    if (!bytesEqual(reader.take(4), main.magic)) throw new Error('not the magic of mainnet');
    const size = reader.u32();
    if (size > reader.remaining) return;
    yield Block.parse(reader.take(size));
  }
}

/** A view in which the block on top has `height`, made of one header of which only what rules ask for is true. */
class TipAt extends TestHeaders {
  constructor(
    private readonly tipHeight: number,
    time: number,
  ) {
    super();
    this.add(NO_HEADER, { time });
  }

  override height(): number {
    return this.tipHeight;
  }
}

function contextual(block: Block, height: number) {
  const view = new TipAt(height - 1, block.header.time);
  return contextualCheckBlock(block, 0, view, main.consensus);
}

describe.skipIf(!hasShared)('blocks of mainnet', () => {
  it('the first 4,522 pass, one on top of the other', () => {
    const view = new TestHeaders();
    let prev = NO_HEADER;
    let count = 0;
    for (const block of blocksOfFile(
      readFileSync(sharedPath('vectors/blocks/mainnet-000000-004521.blk.dat')),
    )) {
      const rejection =
        checkBlock(block, main.consensus) ?? contextualCheckBlock(block, prev, view, main.consensus);
      if (rejection !== undefined) throw new Error(`block ${count}: ${rejection.reason}`);
      prev = view.addHeader(prev, block.header);
      count++;
    }
    expect(count).toBe(4522);
  });

  it('74638 creates money and is refused', () => {
    const [file] = readdirSync(sharedPath('vectors/blocks/invalid'));
    const block = readBlock(`invalid/${file}`);
    expect(hashToHex(block.hash)).toBe('0000000000790ab3f22ec756ad43b6ab569abf0bddeb97c67a6f7b1470a7ec1c');
    const [, culprit] = block.transactions;
    expect(checkBlock(block, main.consensus)).toEqual({
      result: 'consensus',
      reason: 'bad-txns-vout-toolarge',
      debug: `Transaction check failed (tx hash ${hashToHex(culprit?.txid ?? block.hash)}) `,
    });
  });

  it.each([831328, 831329, 831330, 831331, 831332, 831333, 831334, 831335])(
    '%i passes: merkle root, witness commitment, height and weight',
    height => {
      const block = readBlock(`mainnet-831328-831335/0${height}.bin`);
      expect(checkBlock(block, main.consensus)).toBeUndefined();
      expect(contextual(block, height)).toBeUndefined();
      expect(contextual(block, height + 1)?.reason).toBe('bad-cb-height');
      expect(witnessCommitmentIndex(block)).not.toBe(NO_WITNESS_COMMITMENT);
      expect(checkMutation(block, true)).toBeUndefined();
      const base = Block.parse(block.baseBytes());
      expect(hashToHex(base.hash)).toBe(hashToHex(block.hash));
      expect(contextual(base, height)?.reason).toBe('bad-witness-nonce-size');
      expect(checkMutation(base, true)).toBeDefined();
    },
  );

  it('those eight have the transactions that are said to be in them', () => {
    const files = readdirSync(sharedPath('vectors/blocks/mainnet-831328-831335'));
    const counts = files.map(file => readBlock(`mainnet-831328-831335/${file}`).transactions.length);
    expect([files.length, counts.reduce((sum, count) => sum + count, 0)]).toEqual([8, 22_904]);
  });

  it('413567 passes', () => {
    const block = readBlock('mainnet-413567.raw');
    expect(checkBlock(block, main.consensus)).toBeUndefined();
    expect(contextual(block, 413567)).toBeUndefined();
  });
});

/** Coins spent by a block, in the order of its inputs; their heights are not known and taken as old enough. */
function readPrevouts(name: string): Coin[] {
  const reader = new Reader(readFileSync(sharedPath(`vectors/blocks/with-prevouts/${name}.prevouts`)));
  const coins: Coin[] = [];
  while (!reader.isDone) {
    coins.push({ value: reader.amount(), script: reader.varBytes(), height: 0, coinbase: false });
  }
  return coins;
}

describe.skipIf(!hasShared)('blocks with the coins they spend', () => {
  const path = 'vectors/blocks/with-prevouts/index.json';
  const names = hasShared ? readSharedJson<{ readonly name: string }[]>(path).map(({ name }) => name) : [];

  it.each(names)('%s pays no more than it takes, and counts its signatures', name => {
    const block = readBlock(`with-prevouts/${name}.block`);
    const coins = readPrevouts(name);
    let sigOps = 0;
    let at = 0;
    for (const tx of block.transactions) {
      const spent = tx.isCoinbase ? [] : coins.slice(at, at + tx.inputCount);
      at += spent.length;
      if (!tx.isCoinbase) expect(checkTxInputs(tx, spent, 1000)).toHaveProperty('fee');
      sigOps += transactionSigOpCost(tx, spent, ScriptFlag.P2SH | ScriptFlag.WITNESS);
    }
    expect(at).toBe(coins.length);
    expect(sigOps).toBeLessThanOrEqual(MAX_BLOCK_SIGOPS_COST);
  });
});

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { BlockChain } from '../../../src/chain/chainstate.js';
import { BoundedExecutionCache } from '../../../src/chain/scripts/execution-cache.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { Block } from '../../../src/primitives/block.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { NodeClock } from '../../../src/runtime/clock.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { scanBlockFile } from '../../support/block-file-scan.js';
import { hasShared, sharedPath } from '../../support/shared.js';

const FILE = 'vectors/blocks/mainnet-000000-004521.blk.dat';
const OVERFLOW =
  'vectors/blocks/invalid/74638-0000000000790ab3f22ec756ad43b6ab569abf0bddeb97c67a6f7b1470a7ec1c.bin';
const LAST_HEIGHT = 4521;

function mainChain(): BlockChain {
  return new BlockChain(
    { params: chainParams('main'), storage: 'memory', scriptThreads: 1 },
    { clock: new NodeClock(), logger: silentLogger, executionCache: new BoundedExecutionCache(1 << 16) },
  );
}

describe.skipIf(!hasShared)('the first 4,522 blocks of mainnet', () => {
  let chain: BlockChain;

  afterEach(() => chain.stop());

  it('connect one after the other, with all checks', async () => {
    chain = mainChain();
    await chain.start();
    for await (const { bytes } of scanBlockFile(sharedPath(FILE), chain.params.magic)) {
      const result = await chain.processBlock(Block.parse(bytes), { requested: true });
      expect(result.rejection).toBeUndefined();
    }
    expect(chain.height).toBe(LAST_HEIGHT);
    chain.checkInvariants();
    const stats = await chain.utxoStats('hash_serialized_3');
    expect(stats.height).toBe(LAST_HEIGHT);
    // Nobody can spend the coinbase of genesis, which is no coin.
    expect(stats.totalAmount).toBe(LAST_HEIGHT * 50e8);
  });

  it('are found again by -loadblock', async () => {
    chain = mainChain();
    await chain.load();
    await chain.importBlocks([sharedPath(FILE)]);
    expect(chain.height).toBe(LAST_HEIGHT);
    expect(hashToHex(chain.headers.hash(chain.at(170)))).toBe(
      '00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee',
    );
  });

  it('the block of August 2010 that made money is refused, and is not even a header', async () => {
    chain = mainChain();
    await chain.start();
    const block = Block.parse(readFileSync(sharedPath(OVERFLOW)));
    const { accepted, isNew, rejection } = await chain.processBlock(block, { requested: true });
    expect([accepted, isNew, rejection?.result, rejection?.reason]).toEqual([
      false,
      false,
      'consensus',
      'bad-txns-vout-toolarge',
    ]);
    expect(chain.headers.find(block.hash)).toBe(NO_HEADER);
  });
});

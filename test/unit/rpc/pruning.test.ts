import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStores } from '../../../src/chain/stores.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { buildEmptyBlocks, submit } from '../../support/chain-builder.js';
import { type RpcNode, rpcNode } from '../../support/rpc-node.js';

/** With -fastprune: files of 64 KiB, and pruning from height 101 on. */
const PARAMS = chainParams('regtest', { fastPrune: true });
const HEIGHT = 400;
/** Seconds after which blocks of this test count as two hours old: they come a second apart. */
const TIMESTAMP_WINDOW = 2 * 60 * 60;

/** Some seven blocks in a file. */
const blocks = buildEmptyBlocks(PARAMS.genesis, 0, HEIGHT, 0, 8000);

function prunableNode(prune: 'manual' | number): Promise<RpcNode> {
  const stores = memoryStores(PARAMS.magic, true);
  return rpcNode({}, { pruned: true }, { params: PARAMS, stores, prune });
}

describe('pruneblockchain', () => {
  let rpc: RpcNode;
  beforeAll(async () => {
    rpc = await prunableNode('manual');
  });
  afterAll(() => rpc.stop());

  it('is refused by a node that keeps all blocks', async () => {
    const full = await rpcNode();
    expect(await full.error('pruneblockchain', 10)).toBe(
      '-1: Cannot prune blocks because node is not in prune mode.',
    );
    expect(await full.call('getblockchaininfo')).not.toHaveProperty('pruneheight');
    await full.stop();
  });

  it('needs a chain that is long enough, and a height in it', async () => {
    await submit(rpc.node.chain, blocks.slice(0, 99));
    expect(await rpc.error('pruneblockchain', -10)).toBe('-8: Negative block height.');
    expect(await rpc.error('pruneblockchain', 50)).toBe('-1: Blockchain is too short for pruning.');
    await submit(rpc.node.chain, blocks.slice(99));
    expect(await rpc.error('pruneblockchain', HEIGHT + 1)).toBe(
      '-8: Blockchain is shorter than the attempted prune height.',
    );
    const late = defined(blocks.at(-1), 'tip').header.time + TIMESTAMP_WINDOW + 1;
    expect(await rpc.error('pruneblockchain', late)).toBe(
      '-8: Could not find block with at least the specified timestamp.',
    );
    expect(await rpc.error('pruneblockchain')).toMatch(/^-1: pruneblockchain height/);
  });

  it('has nothing to do where nothing is old enough', async () => {
    expect(await rpc.call('pruneblockchain', 0)).toBe(-1);
    expect(await rpc.call('pruneblockchain', 3)).toBe(-1);
    expect(await rpc.call('getblockchaininfo')).toMatchObject({
      pruned: true,
      pruneheight: 0,
      automatic_pruning: false,
    });
  });

  it('removes blocks up to a height, and tells of the last one gone', async () => {
    const sizeBefore = (await rpc.call('getblockchaininfo')).size_on_disk;
    const last = await rpc.call('pruneblockchain', 30);
    expect(last).toBeGreaterThan(20);
    expect(last).toBeLessThanOrEqual(30);
    const info = await rpc.call('getblockchaininfo');
    expect(info).toMatchObject({ pruneheight: last + 1, blocks: HEIGHT });
    expect(info).not.toHaveProperty('prune_target_size');
    expect(info.size_on_disk).toBeLessThan(sizeBefore);
  });

  it('takes a time for the block that is at least two hours older', async () => {
    const { time } = defined(blocks[59], 'block 60').header;
    const last = await rpc.call('pruneblockchain', time + TIMESTAMP_WINDOW);
    expect(last).toBeGreaterThan(50);
    expect(last).toBeLessThanOrEqual(60);
  });

  it('keeps the last 288 blocks, whatever it is told', async () => {
    const last = await rpc.call('pruneblockchain', HEIGHT);
    expect(last).toBeGreaterThan(HEIGHT - 288 - 10);
    expect(last).toBeLessThanOrEqual(HEIGHT - 288);
  });

  it('leaves errors in the place of blocks, and headers as they were', async () => {
    const { pruneheight } = await rpc.call('getblockchaininfo');
    const gone = await rpc.call('getblockhash', pruneheight - 1);
    for (const verbosity of [0, 1, 2, 3]) {
      expect(await rpc.error('getblock', gone, verbosity)).toBe('-1: Block not available (pruned data)');
    }
    expect(await rpc.error('getblockstats', gone)).toBe('-1: Block not available (pruned data)');
    const { txid } = defined(blocks[pruneheight - 2]?.transactions[0], 'coinbase');
    expect(await rpc.error('getrawtransaction', hashToHex(txid), 1, gone)).toBe('-1: Block not available');
    expect(await rpc.error('gettxoutproof', [hashToHex(txid)], gone)).toBe(
      "-32603: Can't read block from disk",
    );
    expect(await rpc.call('getblockheader', gone)).toMatchObject({ height: pruneheight - 1, nTx: 1 });
    expect(await rpc.call('verifychain', 4, 0)).toBe(false);
    expect(await rpc.call('verifychain', 4, HEIGHT - pruneheight)).toBe(true);
    const kept = await rpc.call('getblockhash', pruneheight);
    expect(await rpc.call('getblock', kept, 3)).toMatchObject({ height: pruneheight });
    expect(await rpc.call('getblockstats', kept)).toMatchObject({ height: pruneheight });
  });

  it('is told apart from undo data that are merely missing', async () => {
    const { pruneheight } = await rpc.call('getblockchaininfo');
    const hash = await rpc.call('getblockhash', pruneheight - 1);
    await submit(rpc.node.chain, [defined(blocks[pruneheight - 2], 'block')]);
    expect(await rpc.call('getblock', hash, 3)).toMatchObject({ hash });
    expect(await rpc.error('getblockstats', hash)).toBe("-1: Can't read undo data from disk");
    // It counts as pruned until its undo data are there as well.
    expect(await rpc.call('getblockchaininfo')).toMatchObject({ pruneheight });
  });

  it('lets only blocks be fetched from a peer that would not be in the way of the next pruning', async () => {
    const [ahead] = buildEmptyBlocks(defined(blocks.at(-1), 'tip'), HEIGHT, 1);
    const { header } = defined(ahead, 'block');
    rpc.node.chain.processHeaders([header]);
    expect(await rpc.error('getblockfrompeer', hashToHex(header.hash), 0)).toBe(
      '-1: In prune mode, only blocks that the node has already synced previously can be fetched from a peer',
    );
    expect(await rpc.error('getblockfrompeer', await rpc.call('getblockhash', 5), 77)).toBe(
      '-1: Peer does not exist',
    );
  });
});

describe('a node that prunes by itself', () => {
  it('shows its target', async () => {
    const rpc = await prunableNode(550 << 20);
    expect(await rpc.call('getblockchaininfo')).toMatchObject({
      pruned: true,
      pruneheight: 0,
      automatic_pruning: true,
      prune_target_size: 576716800,
    });
    expect((await rpc.call('getnetworkinfo')).localservicesnames).toEqual(['WITNESS', 'NETWORK_LIMITED']);
    await rpc.stop();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { percentilesByWeight } from '../../../src/rpc/views/block-stats.js';
import { OPEN_ADDRESS, type RpcNode, rpcNode } from '../../support/rpc-node.js';
import { hasShared, readSharedJson } from '../../support/shared.js';

const BLOCKS = 20;
const SUBSIDY = 50;

let rpc: RpcNode;
beforeAll(async () => {
  rpc = await rpcNode();
  await rpc.call('generatetoaddress', BLOCKS, OPEN_ADDRESS);
});
afterAll(() => rpc.stop());

describe('getblock and getblockheader', () => {
  it('show a block in several depths', async () => {
    const hash = await rpc.call('getblockhash', 5);
    const header = await rpc.call('getblockheader', hash);
    expect(header).toMatchObject({ hash, height: 5, confirmations: BLOCKS - 4, nTx: 1, bits: '207fffff' });
    expect(header.previousblockhash).toBe(await rpc.call('getblockhash', 4));
    expect(header.nextblockhash).toBe(await rpc.call('getblockhash', 6));
    const hex = await rpc.call('getblock', hash, 0);
    expect((await rpc.call('getblockheader', hash, false)).length).toBe(160);
    expect(hex.startsWith(await rpc.call('getblockheader', hash, false))).toBe(true);
    expect((await rpc.call('getblock', hash)).tx).toHaveLength(1);
    expect((await rpc.call('getblock', hash, true)).tx[0]).toHaveLength(64);
    expect((await rpc.call('getblock', hash, 2)).tx[0].vout[0].value).toBe(SUBSIDY);
    expect(await rpc.call('getblock', hash, false)).toBe(hex);
  });

  it('refuse blocks that are not there', async () => {
    expect(await rpc.error('getblock', '77'.repeat(32))).toBe('-5: Block not found');
    expect(await rpc.error('getblockhash', BLOCKS + 1)).toBe('-8: Block height out of range');
    expect(await rpc.error('getblockhash', -1)).toBe('-8: Block height out of range');
  });
});

describe('the state of the chain', () => {
  it('is told by getblockchaininfo', async () => {
    expect(await rpc.call('getblockchaininfo')).toMatchObject({
      chain: 'regtest',
      blocks: BLOCKS,
      headers: BLOCKS,
      bestblockhash: await rpc.call('getbestblockhash'),
      pruned: false,
      warnings: [],
    });
  });

  it('has soft forks', async () => {
    const { deployments } = await rpc.call('getdeploymentinfo');
    expect(deployments.segwit).toEqual({ type: 'buried', active: true, height: 0 });
    expect(deployments.taproot).toMatchObject({ type: 'bip9', active: true });
  });

  it('has tips', async () => {
    expect(await rpc.call('getchaintips')).toEqual([
      { height: BLOCKS, hash: await rpc.call('getbestblockhash'), branchlen: 0, status: 'active' },
    ]);
  });

  it('has coins', async () => {
    const info = await rpc.call('gettxoutsetinfo', 'muhash');
    expect(info).toMatchObject({ height: BLOCKS, txouts: BLOCKS, total_amount: BLOCKS * SUBSIDY });
    expect(info.muhash).toMatch(/^[0-9a-f]{64}$/);
    expect(await rpc.error('gettxoutsetinfo', 'other')).toBe("-8: 'other' is not a valid hash_type");
  });

  it('can be verified', async () => {
    expect(await rpc.call('verifychain', 4, 0)).toBe(true);
  });

  it('changes when a block is called invalid, and back', async () => {
    const best = await rpc.call('getbestblockhash');
    await rpc.call('invalidateblock', best);
    expect(await rpc.call('getblockcount')).toBe(BLOCKS - 1);
    expect((await rpc.call('getchaintips'))[0]).toMatchObject({ hash: best, status: 'invalid' });
    await rpc.call('reconsiderblock', best);
    expect(await rpc.call('getbestblockhash')).toBe(best);
  });
});

describe('getchaintxstats', () => {
  it('counts a window of blocks', async () => {
    const stats = await rpc.call('getchaintxstats', 5);
    expect(stats).toMatchObject({
      txcount: BLOCKS + 1,
      window_final_block_hash: await rpc.call('getbestblockhash'),
      window_final_block_height: BLOCKS,
      window_block_count: 5,
      window_tx_count: 5,
    });
    expect(stats.txrate).toBeCloseTo(5 / stats.window_interval, 10);
    expect((await rpc.call('getchaintxstats')).window_block_count).toBe(BLOCKS - 1);
    const atGenesis = await rpc.call('getchaintxstats', 0, await rpc.call('getblockhash', 0));
    expect(Object.keys(atGenesis)).toEqual([
      'time',
      'txcount',
      'window_final_block_hash',
      'window_final_block_height',
      'window_block_count',
    ]);
  });

  it('refuses windows that do not fit', async () => {
    const text = "-8: Invalid block count: should be between 0 and the block's height - 1";
    expect(await rpc.error('getchaintxstats', -1)).toBe(text);
    expect(await rpc.error('getchaintxstats', BLOCKS)).toBe(text);
    expect(await rpc.error('getchaintxstats', 1, '77'.repeat(32))).toBe('-5: Block not found');
  });
});

describe('getblockstats', () => {
  it('counts an empty block', async () => {
    const stats = await rpc.call('getblockstats', 1);
    expect(stats).toMatchObject({
      height: 1,
      txs: 1,
      subsidy: 5_000_000_000,
      totalfee: 0,
      outs: 2,
      ins: 0,
      feerate_percentiles: [0, 0, 0, 0, 0],
      utxo_increase: 2,
      utxo_increase_actual: 1,
    });
    expect(await rpc.call('getblockstats', stats.blockhash)).toEqual(stats);
    // The genesis coinbase is never in the set of coins.
    expect(await rpc.call('getblockstats', 0)).toMatchObject({ utxo_increase: 1, utxo_increase_actual: 0 });
  });

  it('gives what is asked for', async () => {
    expect(await rpc.call('getblockstats', 1, ['txs', 'height'])).toEqual({ height: 1, txs: 1 });
    expect(await rpc.error('getblockstats', 1, ['asdf'])).toBe("-8: Invalid selected statistic 'asdf'");
    expect(await rpc.error('getblockstats', -1)).toBe('-8: Target block height -1 is negative');
    expect(await rpc.error('getblockstats', 99)).toBe(
      `-8: Target block height 99 after current tip ${BLOCKS}`,
    );
    expect(await rpc.error('getblockstats', 'aa')).toMatch(/^-8: hash_or_height must be of length 64/);
  });

  it.skipIf(!hasShared)('agrees with the official vectors', async () => {
    interface Stats {
      readonly height: number;
      readonly utxo_increase: number;
      readonly utxo_increase_actual: number;
      readonly utxo_size_inc: number;
      readonly utxo_size_inc_actual: number;
    }
    const vectors = readSharedJson<{ blocks: string[]; mocktime: number; stats: Stats[] }>(
      'vectors/core/functional/rpc_getblockstats.json',
    );
    const own = await rpcNode();
    await own.call('setmocktime', vectors.mocktime);
    for (const block of vectors.blocks) await own.call('submitblock', block);
    for (const expected of vectors.stats) {
      // The vectors are of a release that takes a coin to be 40 bytes and its output; in 28.1 it is 41.
      expect(await own.call('getblockstats', expected.height)).toEqual({
        ...expected,
        utxo_size_inc: expected.utxo_size_inc + expected.utxo_increase,
        utxo_size_inc_actual: expected.utxo_size_inc_actual + expected.utxo_increase_actual,
      });
    }
    await own.stop();
  });

  it('has percentiles of feerates by weight', () => {
    const figures = (pairs: readonly (readonly [number, number])[]) =>
      pairs.map(([feeRate, weight]) => ({ feeRate, weight }));
    expect(percentilesByWeight(figures([[1, 100]]), 100)).toEqual([1, 1, 1, 1, 1]);
    expect(
      percentilesByWeight(
        figures([
          [9, 10],
          [1, 25],
          [5, 65],
        ]),
        100,
      ),
    ).toEqual([1, 1, 5, 5, 5]);
    expect(percentilesByWeight([], 0)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('scantxoutset', () => {
  it('finds coins by descriptor', async () => {
    const { scriptPubKey } = await rpc.call('validateaddress', OPEN_ADDRESS);
    for (const object of [`addr(${OPEN_ADDRESS})`, { desc: `raw(${scriptPubKey})` }]) {
      const result = await rpc.call('scantxoutset', 'start', [object]);
      expect(result).toMatchObject({
        success: true,
        txouts: BLOCKS,
        height: BLOCKS,
        bestblock: await rpc.call('getbestblockhash'),
        total_amount: BLOCKS * SUBSIDY,
      });
      expect(result.unspents).toHaveLength(BLOCKS);
      expect(Object.keys(result.unspents[0])).toEqual([
        'txid',
        'vout',
        'scriptPubKey',
        'desc',
        'amount',
        'coinbase',
        'height',
        'blockhash',
        'confirmations',
      ]);
    }
    const others = await rpc.call('scantxoutset', 'start', [
      'combo(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)',
    ]);
    expect(others).toMatchObject({ success: true, unspents: [], total_amount: 0 });
  });

  it('runs once at a time, can be looked at and ended', async () => {
    expect(await rpc.call('scantxoutset', 'status')).toBeNull();
    expect(await rpc.call('scantxoutset', 'abort')).toBe(false);
    const scan = rpc.call('scantxoutset', 'start', [`addr(${OPEN_ADDRESS})`]);
    expect(await rpc.call('scantxoutset', 'status')).toEqual({ progress: 0 });
    expect(await rpc.error('scantxoutset', 'start', [])).toBe(
      '-8: Scan already in progress, use action "abort" or "status"',
    );
    expect(await rpc.call('scantxoutset', 'abort')).toBe(true);
    expect((await scan).success).toBe(false);
  });

  it('refuses what it cannot scan for', async () => {
    expect(await rpc.error('scantxoutset', 'other')).toBe("-8: Invalid action 'other'");
    expect(await rpc.error('scantxoutset', 'start')).toBe(
      '-1: scanobjects argument is required for the start action',
    );
    expect(await rpc.error('scantxoutset', 'start', [7])).toBe(
      '-8: Scan object needs to be either a string or an object',
    );
    expect(await rpc.error('scantxoutset', 'start', [{}])).toBe(
      '-8: Descriptor needs to be provided in scan object',
    );
    expect(await rpc.error('scantxoutset', 'start', [{ desc: 'addr(x)', range: [5, 1] }])).toBe(
      '-8: Range specified as [begin,end] must not have begin after end',
    );
    expect(await rpc.error('scantxoutset', 'start', ['addr(x)'])).toMatch(/^-5: /);
    expect(await rpc.call('scantxoutset', 'status')).toBeNull();
  });
});

describe('waiting', () => {
  it('for a new block ends with one', async () => {
    const waiting = rpc.call('waitfornewblock');
    const [hash] = await rpc.call('generatetoaddress', 1, OPEN_ADDRESS);
    expect(await waiting).toEqual({ hash, height: BLOCKS + 1 });
  });

  it('for a height or a block that is there ends at once', async () => {
    const hash = await rpc.call('getbestblockhash');
    const height = await rpc.call('getblockcount');
    expect(await rpc.call('waitforblockheight', 1)).toEqual({ hash, height });
    expect(await rpc.call('waitforblock', hash)).toEqual({ hash, height });
  });

  it('ends when time is up', async () => {
    const height = await rpc.call('getblockcount');
    for (const timeout of [1, -1]) {
      expect((await rpc.call('waitforblockheight', height + 1, timeout)).height).toBe(height);
    }
    expect((await rpc.call('waitfornewblock', 1)).height).toBe(height);
    expect((await rpc.call('waitforblock', '77'.repeat(32), 1)).height).toBe(height);
  });

  it('ends when the client is gone or the node stops, and leaves nothing behind', async () => {
    const { events } = rpc.context.chain;
    const before = events.listenerCount('tip');
    const stop = new AbortController();
    const waiting = rpc.callNamed('waitforblockheight', { height: 1000 }, stop.signal);
    expect(events.listenerCount('tip')).toBe(before + 1);
    stop.abort();
    await waiting;
    expect(events.listenerCount('tip')).toBe(before);
  });
});

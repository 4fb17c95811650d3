import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestDaemon } from '../../regtest/daemon.js';
import type { RpcClient } from '../../regtest/rpc/client.js';
import { waitFor } from '../../regtest/wait.js';
import { bitcoind, CoreDaemon } from '../support/core-daemon.js';

const KEY = 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA';
const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

describe.skipIf(bitcoind === undefined)('with Bitcoin Core (set BITCOIND to its path)', () => {
  let folder: string;
  let ours: RegtestDaemon;
  let core: CoreDaemon;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-core-'));
    ours = new RegtestDaemon({ name: 'ours', datadir: join(folder, 'ours') });
    core = new CoreDaemon(join(folder, 'core'));
    await Promise.all([ours.start(), core.start()]);
  });

  afterAll(async () => {
    await Promise.all([ours.stop(), core.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  const sameTip = () =>
    waitFor(
      async () => (await ours.rpc.call('getbestblockhash')) === (await core.rpc.call('getbestblockhash')),
      {
        what: 'both to have one tip',
      },
    );
  const coins = async (rpc: RpcClient) =>
    (await rpc.request<{ hash_serialized_3: string }>('gettxoutsetinfo')).hash_serialized_3;
  const spendOf = async (rpc: RpcClient, height: number) => {
    const block = await rpc.call('getblock', await rpc.call('getblockhash', height));
    const raw = await rpc.call(
      'createrawtransaction',
      [{ txid: block.tx[0] ?? '', vout: 0 }],
      [{ [ADDRESS]: 49.999 }],
    );
    return (await rpc.call('signrawtransactionwithkey', raw, [KEY])).hex;
  };

  it('it connects to us, first encrypted and then not, and syncs our chain', async () => {
    await ours.rpc.call('generatetoaddress', 150, ADDRESS);
    await core.rpc.call('addnode', `127.0.0.1:${ours.p2pPort}`, 'onetry');
    await sameTip();
    expect(await core.rpc.call('getblockcount')).toBe(150);
    expect(await coins(ours.rpc)).toBe(await coins(core.rpc));
  });

  it('it feeds us blocks', async () => {
    await core.rpc.call('generatetoaddress', 20, ADDRESS);
    await sameTip();
    expect(await ours.rpc.call('getblockcount')).toBe(170);
  });

  it('transactions go both ways, and are mined by either', async () => {
    const fromUs = await ours.rpc.call('sendrawtransaction', await spendOf(ours.rpc, 1));
    const fromCore = await core.rpc.call('sendrawtransaction', await spendOf(core.rpc, 2));
    for (const rpc of [ours.rpc, core.rpc]) {
      await waitFor(
        async () => {
          const pool = await rpc.call('getrawmempool');
          return pool.includes(fromUs) && pool.includes(fromCore);
        },
        { what: 'both transactions in both mempools' },
      );
    }
    await ours.rpc.call('generatetoaddress', 1, ADDRESS);
    await sameTip();
    expect(await core.rpc.call('getrawmempool')).toEqual([]);
    expect(await coins(ours.rpc)).toBe(await coins(core.rpc));
  });

  it('the longer branch wins on both sides', async () => {
    const [peer] = await ours.rpc.call('getpeerinfo');
    await ours.rpc.call('disconnectnode', '', peer?.id ?? -1);
    await waitFor(async () => (await core.rpc.call('getpeerinfo')).length === 0, {
      what: 'the connection to end',
    });
    await core.rpc.call('generatetoaddress', 5, ADDRESS);
    await ours.rpc.call('generatetoaddress', 7, ADDRESS);
    const wanted = await ours.rpc.call('getbestblockhash');
    // This time we connect to it.
    await ours.rpc.call('addnode', `127.0.0.1:${core.p2pPort}`, 'onetry');
    await sameTip();
    expect(await core.rpc.call('getbestblockhash')).toBe(wanted);
  });

  it('it opens a data directory that we wrote', async () => {
    const tip = await ours.rpc.call('getbestblockhash');
    const height = await ours.rpc.call('getblockcount');
    const hash = await coins(ours.rpc);
    await ours.stop();
    const successor = new CoreDaemon(join(folder, 'ours'));
    await successor.start('-checklevel=4', '-checkblocks=0');
    expect(await successor.rpc.call('getbestblockhash')).toBe(tip);
    expect(await successor.rpc.call('getblockcount')).toBe(height);
    expect(await coins(successor.rpc)).toBe(hash);
    await successor.stop();
    await ours.start();
    expect(await ours.rpc.call('getbestblockhash')).toBe(tip);
  });

  it('we open a data directory that it wrote', async () => {
    const tip = await core.rpc.call('getbestblockhash');
    const hash = await coins(core.rpc);
    await core.stop();
    const successor = new RegtestDaemon({ name: 'successor', datadir: join(folder, 'core') });
    await successor.start();
    expect(await successor.rpc.call('getbestblockhash')).toBe(tip);
    expect(await coins(successor.rpc)).toBe(hash);
    await successor.stop();
    await core.start();
    expect(await core.rpc.call('getbestblockhash')).toBe(tip);
  });
});

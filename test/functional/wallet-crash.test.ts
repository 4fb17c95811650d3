import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestDaemon } from '../../regtest/daemon.js';
import { waitFor } from '../../regtest/wait.js';

const ROUNDS = 5;
const NOBODY = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

interface Received {
  readonly txid: string;
  readonly confirmations: number;
}

/** What a wallet has said is on disk, whatever happens to the process afterwards. */
describe('a wallet whose node is killed', () => {
  let folder: string;
  let node: RegtestDaemon;
  let peer: RegtestDaemon;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-wallet-crash-'));
    node = new RegtestDaemon({ name: 'node', datadir: join(folder, 'node') });
    peer = new RegtestDaemon({ name: 'peer', datadir: join(folder, 'peer') });
    await Promise.all([node.start(), peer.start()]);
    await node.rpc.call('addnode', `127.0.0.1:${peer.p2pPort}`, 'onetry');
    await node.rpc.call('createwallet', 'w', false, false, '', false, true, true);
    await node.rpc.call('generatetoaddress', 110, await wallet().call('getnewaddress'));
    await sameTip();
  });

  afterAll(async () => {
    await Promise.all([node.stop(), peer.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  const wallet = () => node.rpc.wallet('w');
  const total = async () => {
    const { mine } = await wallet().call('getbalances');
    return Math.round((mine.trusted + mine.untrusted_pending + mine.immature) * 1e8);
  };
  const sameTip = () =>
    waitFor(
      async () => (await node.rpc.call('getbestblockhash')) === (await peer.rpc.call('getbestblockhash')),
      {
        what: 'both nodes to have one tip',
      },
    );

  it(`knows its payments, addresses and balance again, ${ROUNDS} times`, { timeout: 120_000 }, async () => {
    const given = new Set<string>();
    const sent: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const address = await wallet().call('getnewaddress');
      expect(given.has(address)).toBe(false);
      given.add(address);
      sent.push(await wallet().call('sendtoaddress', NOBODY, 0.5));
      const before = await total();
      await node.kill('SIGKILL');
      await node.start();
      await node.rpc.call('addnode', `127.0.0.1:${peer.p2pPort}`, 'onetry');
      await sameTip();
      for (const txid of sent) expect((await wallet().call('gettransaction', txid)).txid).toBe(txid);
      await waitFor(async () => (await total()) === before, { what: 'the balance to be what it was' });
      await peer.rpc.call('generatetoaddress', 1, NOBODY);
      await sameTip();
    }
    const history = await wallet().request<Received[]>('listtransactions', '*', 1000);
    expect(history.map(entry => entry.txid)).toEqual(expect.arrayContaining(sent));
  });
});

import { expect, it } from 'vitest';
import { accountBalances, RegtestNetwork } from '../../regtest/index.js';

interface Block {
  readonly tx: readonly {
    readonly txid: string;
    readonly vout: readonly { readonly n: number; readonly scriptPubKey: { readonly address: string } }[];
  }[];
}

it('accounts have a coin each that their key can spend, and only those of the nodes are in wallets', async () => {
  await using network = await RegtestNetwork.create({ nodes: 2, mode: 'inProcess', accounts: 5 });
  const { accounts, nodes } = network;
  const { rpc } = network.node(0);
  expect(accounts.map(({ funded }) => funded)).toEqual([9, 9, 9, 9, 9]);
  expect(await accountBalances(rpc, accounts)).toEqual([9, 9, 9, 9, 9]);
  expect(nodes.map(({ key }) => key.address)).toEqual(accounts.slice(0, 2).map(({ address }) => address));
  for (const node of nodes) expect((await node.wallet().call('getbalances')).mine.trusted).toBe(9);

  const [sender, receiver] = [accounts.at(-1), accounts.at(-2)];
  const block = await rpc.request<Block>('getblock', await rpc.call('getbestblockhash'), 2);
  const coins = block.tx.flatMap(({ txid, vout }) => vout.map(output => ({ txid, ...output })));
  const coin = coins.find(({ scriptPubKey }) => scriptPubKey.address === sender?.address);
  const inputs = [{ txid: coin?.txid ?? '', vout: coin?.n ?? 0 }];
  const unsigned = await rpc.call('createrawtransaction', inputs, [{ [receiver?.address ?? '']: 8.999 }]);
  const { hex } = await rpc.call('signrawtransactionwithkey', unsigned, [sender?.wif ?? '']);
  await rpc.call('sendrawtransaction', hex);
  await network.node(0).mine(1, network.faucet.address);
  expect(await accountBalances(rpc, accounts)).toEqual([9, 9, 9, 17.999, 0]);
});

it('a phrase gives the same accounts again, whatever the seed', async () => {
  const mnemonic = `${'abandon '.repeat(11)}about`;
  await using network = await RegtestNetwork.create({
    nodes: 1,
    mode: 'inProcess',
    mnemonic,
    seed: 7,
    fund: false,
  });
  expect(network.mnemonic).toBe(mnemonic);
  // As tb1q6rz28mcfaxtmd6v789l9rrlrusdprr9pqcpvkl on testnet.
  expect(network.accounts[0]?.address).toBe('bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk');
  expect(network.accounts.map(({ funded }) => funded)).toEqual(Array(10).fill(0));
});

it('a phrase that is none, or too few accounts, ends the start with a clear error', async () => {
  const create = (options: object) => RegtestNetwork.create({ nodes: 2, mode: 'inProcess', ...options });
  await expect(create({ mnemonic: 'correct horse battery staple' })).rejects.toThrow(
    'a mnemonic has 12, 15, 18',
  );
  await expect(create({ accounts: 1 })).rejects.toThrow(
    'accounts is a whole number from that of the nodes, 2, to 1000',
  );
});

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/rpc/args.js';
import type { RpcContext } from '../../../src/rpc/context.js';
import { Dispatcher } from '../../../src/rpc/dispatcher.js';
import { writeJson } from '../../../src/rpc/json.js';
import { walletMethods } from '../../../src/rpc/methods/wallet/index.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { setUpWallets } from '../../support/wallet.js';
import { REGTEST } from '../../support/wallet-chain.js';

const PAYEE = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** A node's RPC as far as wallets go: answers are plain JSON, as clients see them. */
async function setUp() {
  const wallets = await setUpWallets({ options: { keypool: 3 } });
  const dispatcher = new Dispatcher(walletMethods, silentLogger, () => 0);
  // The methods under test ask for nothing else of the node.
  const context = { wallets: wallets.manager, chain: { params: REGTEST } };
  dispatcher.open(context as unknown as RpcContext);
  const callOf =
    (walletName?: string) =>
    async (method: string, ...params: readonly unknown[]) => {
      const [only] = params;
      const named = params.length === 1 && typeof only === 'object' && only !== null && !Array.isArray(only);
      const result = await dispatcher.execute(named ? (only as JsonObject) : params, {
        method,
        walletName,
        user: 'test',
        signal: new AbortController().signal,
      });
      return JSON.parse(writeJson(result));
    };
  return { ...wallets, call: callOf(), callOf };
}

/** A loaded wallet with one mature coin of 50. */
async function funded() {
  const setup = await setUp();
  await setup.call('createwallet', 'w');
  const address = await setup.call('getnewaddress', 'mine');
  const { address: back, script } = { address, script: await scriptOf(setup.call, address) };
  setup.chain.mine(1, script);
  setup.chain.mine(120);
  return { ...setup, address: back };
}

async function scriptOf(
  call: Awaited<ReturnType<typeof setUp>>['call'],
  address: string,
): Promise<Uint8Array> {
  const { scriptPubKey } = await call('getaddressinfo', address);
  return Buffer.from(scriptPubKey, 'hex');
}

describe('wallets by RPC', () => {
  it('come and go', async () => {
    const { call, callOf } = await setUp();
    await expect(call('getbalance')).rejects.toMatchObject({ code: -18 });
    expect(await call('createwallet', 'a')).toEqual({ name: 'a' });
    expect(await call('createwallet', { wallet_name: 'b', blank: true, passphrase: '' })).toEqual({
      name: 'b',
      warnings: ['Empty string given as passphrase, wallet will not be encrypted.'],
    });
    await expect(call('getbalance')).rejects.toMatchObject({ code: -19 });
    await expect(callOf('c')('getbalance')).rejects.toMatchObject({ code: -18 });
    expect(await callOf('b')('getbalance')).toBe(0);
    expect(await call('listwallets')).toEqual(['a', 'b']);
    expect(await call('unloadwallet', 'b')).toEqual({});
    await expect(callOf('a')('unloadwallet', 'b')).rejects.toMatchObject({ code: -8 });
    expect(await call('loadwallet', 'b')).toEqual({ name: 'b' });
    await expect(call('loadwallet', 'b')).rejects.toMatchObject({ code: -35 });
    await expect(call('createwallet', 'a')).rejects.toMatchObject({ code: -4 });
    expect(await call('listwalletdir')).toEqual({ wallets: [{ name: 'a' }, { name: 'b' }] });
  });

  it('are not encrypted, and say so', async () => {
    const { call } = await setUp();
    await expect(call('createwallet', 'a', false, false, 'secret')).rejects.toMatchObject({ code: -16 });
    await call('createwallet', 'a');
    await expect(call('encryptwallet', 'secret')).rejects.toMatchObject({ code: -16 });
    await expect(call('walletpassphrase', 'secret', 1)).rejects.toMatchObject({ code: -15 });
    await expect(call('walletlock')).rejects.toMatchObject({ code: -15 });
  });

  it('tell what they are', async () => {
    const { call } = await funded();
    expect(await call('getwalletinfo')).toMatchObject({
      walletname: 'w',
      balance: 50,
      txcount: 1,
      keypoolsize: 12,
      private_keys_enabled: true,
      scanning: false,
      descriptors: true,
      blank: false,
    });
  });
});

describe('addresses by RPC', () => {
  it('have labels and tell where they come from', async () => {
    const { call, address } = await funded();
    const info = await call('getaddressinfo', address);
    expect(info).toMatchObject({
      address,
      ismine: true,
      solvable: true,
      iswatchonly: false,
      isscript: false,
      iswitness: true,
      witness_version: 0,
      ischange: false,
      hdkeypath: 'm/84h/1h/0h/0/0',
      labels: ['mine'],
    });
    expect(info.desc).toMatch(/^wpkh\(\[[0-9a-f]{8}\/84h\/1h\/0h\/0\/0\]0[23][0-9a-f]{64}\)#/);
    expect(info.parent_desc).toMatch(/^wpkh\(\[[0-9a-f]{8}\/84h\/1h\/0h\]tpub\w+\/0\/\*\)#/);
    expect(await call('getaddressesbylabel', 'mine')).toEqual({ [address]: { purpose: 'receive' } });
    await call('setlabel', PAYEE, 'shop');
    expect(await call('listlabels')).toEqual(['mine', 'shop']);
    expect(await call('listlabels', 'send')).toEqual(['shop']);
    await expect(call('getaddressesbylabel', 'none')).rejects.toMatchObject({ code: -11 });
    await expect(call('getnewaddress', '*')).rejects.toMatchObject({ code: -11 });
    await expect(call('getnewaddress', '', 'weird')).rejects.toMatchObject({
      code: -5,
      message: "Unknown address type 'weird'",
    });
  });

  it('show nested segwit as what it is', async () => {
    const { call } = await funded();
    const address = await call('getnewaddress', '', 'p2sh-segwit');
    const info = await call('getaddressinfo', address);
    expect(info).toMatchObject({
      isscript: true,
      iswitness: false,
      script: 'witness_v0_keyhash',
      embedded: { iswitness: true, witness_version: 0, pubkey: info.pubkey },
    });
    expect(info.desc).toMatch(/^sh\(wpkh\(/);
  });
});

describe('sending by RPC', () => {
  it('pays, and shows what was paid', async () => {
    const { call, chain } = await funded();
    const { txid, fee_reason } = await call('sendtoaddress', {
      address: PAYEE,
      amount: '1.5',
      comment: 'rent',
      fee_rate: 7,
      verbose: true,
    });
    expect(fee_reason).toBe('PayTxFee set');
    const sent = await call('gettransaction', txid);
    expect(sent).toMatchObject({
      amount: -1.5,
      confirmations: 0,
      trusted: true,
      comment: 'rent',
      'bip125-replaceable': 'yes',
      details: [
        { address: PAYEE, category: 'send', amount: -1.5, vout: expect.any(Number), abandoned: false },
      ],
    });
    expect(sent.fee).toBeLessThan(0);
    chain.mine();
    expect(await call('gettransaction', txid)).toMatchObject({
      confirmations: 1,
      blockheight: chain.tip().height,
    });
    expect(await call('getbalance')).toBeCloseTo(50 - 1.5 + sent.fee, 8);
    const [entry] = await call('listtransactions', '*', 1);
    expect(entry).toMatchObject({ category: 'send', txid });
    expect(await call('listtransactions', 'mine')).toMatchObject([{ category: 'generate', label: 'mine' }]);
  });

  it('refuses in Core’s words', async () => {
    const { call } = await funded();
    await expect(call('sendtoaddress', PAYEE, 51)).rejects.toMatchObject({
      code: -6,
      message: 'Insufficient funds',
    });
    await expect(call('sendtoaddress', 'nowhere', 1)).rejects.toMatchObject({
      code: -5,
      message: 'Invalid Bitcoin address: nowhere',
    });
    await expect(
      call('sendtoaddress', { address: PAYEE, amount: 1, fee_rate: 0.1234 }),
    ).rejects.toMatchObject({
      code: -3,
      message: 'Invalid amount',
    });
    await expect(
      call('sendtoaddress', { address: PAYEE, amount: 1, fee_rate: 1, conf_target: 2 }),
    ).rejects.toMatchObject({ code: -8 });
    await expect(
      call('sendtoaddress', { address: PAYEE, amount: 1, estimate_mode: 'hasty' }),
    ).rejects.toMatchObject({ code: -8 });
    await expect(call('sendmany', 'x', { [PAYEE]: 1 })).rejects.toMatchObject({ code: -8 });
    await expect(call('gettransaction', '00'.repeat(32))).rejects.toMatchObject({
      code: -5,
      message: 'Invalid or non-wallet transaction id',
    });
  });

  it('lets several payments go out at once', async () => {
    const { call } = await funded();
    const txids = await Promise.all(Array.from({ length: 5 }, () => call('sendtoaddress', PAYEE, 1)));
    expect(new Set(txids).size).toBe(5);
  });

  it('funds, signs and raises', async () => {
    const { call, chain } = await funded();
    const { txid } = await call('send', { outputs: { [PAYEE]: 2 }, fee_rate: 3 });
    const bumped = await call('bumpfee', txid);
    expect(bumped.fee).toBeGreaterThan(bumped.origfee);
    expect(await call('gettransaction', txid)).toMatchObject({ replaced_by_txid: bumped.txid });
    chain.mine();
    const unsigned = await call('send', { outputs: { [PAYEE]: 2 }, add_to_wallet: false });
    expect(unsigned).toMatchObject({ complete: true, hex: expect.any(String) });
    // One output, no inputs.
    const raw =
      '02000000000100e1f505000000001600' + '14751e76e8199196d454941c45d1b3a323f1433bd6' + '00000000';
    const funding = await call('fundrawtransaction', {
      hexstring: raw,
      changePosition: 1,
      lockUnspents: true,
    });
    expect(funding).toMatchObject({ changepos: 1 });
    expect(await call('listlockunspent')).toHaveLength(1);
    const signed = await call('signrawtransactionwithwallet', funding.hex);
    expect(signed).toMatchObject({ complete: true });
  });
});

describe('coins by RPC', () => {
  it('are listed, locked and counted', async () => {
    const { call, address } = await funded();
    const coins = await call('listunspent');
    expect(coins).toMatchObject([
      { address, label: 'mine', amount: 50, confirmations: 121, spendable: true, solvable: true, safe: true },
    ]);
    const [{ txid, vout }] = coins;
    expect(await call('lockunspent', false, [{ txid, vout }])).toBe(true);
    await expect(call('lockunspent', false, [{ txid, vout }])).rejects.toMatchObject({
      message: 'Invalid parameter, output already locked',
    });
    expect(await call('listunspent')).toEqual([]);
    expect(await call('listlockunspent')).toEqual([{ txid, vout }]);
    expect(await call('lockunspent', true)).toBe(true);
    expect(await call('listunspent', { minconf: 200 })).toEqual([]);
    expect(await call('listunspent', { addresses: [PAYEE] })).toEqual([]);
    expect(await call('getreceivedbyaddress', address)).toBe(50);
    expect(await call('getreceivedbylabel', 'mine')).toBe(50);
    expect(await call('listreceivedbyaddress')).toMatchObject([
      { address, amount: 50, label: 'mine', txids: [txid] },
    ]);
    expect(await call('listreceivedbylabel')).toEqual([{ amount: 50, confirmations: 121, label: 'mine' }]);
    expect(await call('getbalances')).toMatchObject({
      mine: { trusted: 50, untrusted_pending: 0, immature: 0 },
    });
  });
});

describe('descriptors by RPC', () => {
  it('go from one wallet to another, with all they received', async () => {
    const { call, callOf } = await funded();
    const { descriptors } = await call('listdescriptors', true);
    expect(descriptors).toHaveLength(8);
    await call('createwallet', 'copy', false, true);
    const copy = callOf('copy');
    const requests = descriptors.map((one: JsonObject) => ({
      desc: one.desc,
      active: true,
      internal: one.internal,
      range: one.range,
      next_index: one.next_index,
      timestamp: 0,
    }));
    const results = await copy('importdescriptors', [...requests, { desc: 'x', timestamp: 'now' }]);
    expect(results.slice(0, 8)).toEqual(Array(8).fill({ success: true }));
    expect(results[8]).toEqual({ success: false, error: { code: -5, message: 'Missing checksum' } });
    expect(await copy('getbalance')).toBe(50);
    expect(await copy('getnewaddress')).toBe(await callOf('w')('getnewaddress'));
    await expect(copy('importdescriptors', [{ desc: 'x' }])).rejects.toMatchObject({
      code: -3,
      message: 'Missing required timestamp field for key',
    });
    expect(await copy('rescanblockchain', 0, 10)).toEqual({ start_height: 0, stop_height: 10 });
    await expect(copy('rescanblockchain', 5, 4)).rejects.toMatchObject({ code: -8 });
    expect(await copy('abortrescan')).toBe(false);
  });

  it('look for nothing in blocks that were pruned, and say so', async () => {
    const { call, callOf, chain } = await funded();
    const { descriptors } = await call('listdescriptors', true);
    await call('createwallet', 'copy', false, true);
    const copy = callOf('copy');
    chain.prunedHeight = 50;
    await expect(copy('rescanblockchain')).rejects.toMatchObject({
      code: -1,
      message:
        "Can't rescan beyond pruned data. Use RPC call getblockchaininfo to determine your pruned height.",
    });
    await expect(copy('rescanblockchain', 50, 60)).rejects.toMatchObject({ code: -1 });
    expect(await copy('rescanblockchain', 51)).toEqual({ start_height: 51, stop_height: 121 });
    const [old, recent] = descriptors as [JsonObject, JsonObject];
    const failedTime = chain.at(50)?.time ?? 0;
    const seenFrom = failedTime + 2 * 60 * 60 + 1;
    const results = await copy('importdescriptors', [
      { desc: old.desc, timestamp: 0 },
      { desc: recent.desc, timestamp: seenFrom },
    ]);
    expect(results[0]).toMatchObject({ success: false, error: { code: -1 } });
    expect(results[0].error.message).toMatch(
      new RegExp(
        `^Rescan failed for descriptor with timestamp 0\\. There was an error reading a block from time ${failedTime}, .* This error could be caused by pruning or data corruption`,
      ),
    );
    expect(results[1]).toMatchObject({ success: true });
  });
});

describe('every method of wallets', () => {
  it('has a name of its own, a description and a result', () => {
    const names = walletMethods.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { category, description, result } of walletMethods) {
      expect(category).toBe('Wallet');
      expect(description.length).toBeGreaterThan(0);
      expect(result.length).toBeGreaterThan(0);
    }
  });
});

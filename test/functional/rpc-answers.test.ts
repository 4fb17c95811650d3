import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RegtestDaemon } from '../../regtest/daemon.js';
import type { RpcCaller } from '../../regtest/rpc/caller.js';
import { RPC_PARAMETERS } from '../../regtest/rpc/methods/index.js';
import { waitFor } from '../../regtest/wait.js';
import { defined } from '../../src/runtime/errors.js';
import { AnswerLog } from '../support/answer-log.js';

/** Methods without an answer here: loadtxoutset needs a snapshot that is known, the others are refused always. */
const NOT_ANSWERED = [
  'encryptwallet',
  'generate',
  'loadtxoutset',
  'walletlock',
  'walletpassphrase',
  'walletpassphrasechange',
];

/** The key 1, its public key in both forms, its address, and the public key of 2. */
const KEY = 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA';
const PUBLIC_KEY = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
const UNCOMPRESSED_KEY =
  '0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8';
const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const OTHER_KEY = '02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5';

const HEADER_DIGITS = 160;
const NO_TXID = '11'.repeat(32);

const log = new AnswerLog();
let folder: string;
let first: RegtestDaemon;
let second: RegtestDaemon;
let rpc: RpcCaller;
let other: RpcCaller;
let wallet: RpcCaller;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blocksmith-answers-'));
  first = new RegtestDaemon({ name: 'first', datadir: join(folder, 'first') });
  second = new RegtestDaemon({
    name: 'second',
    datadir: join(folder, 'second'),
    args: ['-fastprune', '-prune=1'],
  });
  await Promise.all([first.start(), second.start()]);
  rpc = log.listenTo(first.rpc);
  other = log.listenTo(second.rpc);
  wallet = rpc.wallet('main');
});

afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await rm(folder, { recursive: true });
});

it('answers are of the types that calls have', { timeout: 120_000 }, async () => {
  await askForWallets();
  await askForPeers();
  await askForBlocks();
  await askForUnspentOutputs();
  await askForPayments();
  await askForMempool();
  await askForTransactions();
  await askForTemplates();
  await askForHistory();
  await askForScripts();
  await askForBranches();
  await askForServer();
  await askForMining();
  expect(await log.misfits()).toEqual([]);
  expect(
    Object.keys(RPC_PARAMETERS)
      .filter(method => !log.methods.has(method))
      .sort(),
  ).toEqual(NOT_ANSWERED);
});

async function askForWallets(): Promise<void> {
  await rpc.call('createwallet', 'main', false, false, undefined, true);
  await rpc.call('createwallet', 'plain', false, false, '');
  await rpc.call('createwallet', 'watching', true);
  await rpc.call('listwallets');
  await rpc.call('listwalletdir');
  const plain = rpc.wallet('plain');
  await plain.call('getwalletinfo');
  await plain.call('getbalances');
  await plain.call('setwalletflag', 'avoid_reuse');
  await plain.call('setwalletflag', 'avoid_reuse', false);
  await plain.call('keypoolrefill', 20);
  await plain.call('backupwallet', join(folder, 'backup'));
  await rpc.call('unloadwallet', 'plain');
  await rpc.call('loadwallet', 'plain', false);
  await rpc.call('restorewallet', 'restored', join(folder, 'backup'));
  await rpc.wallet('restored').call('unloadwallet');
}

async function askForPeers(): Promise<void> {
  const address = `127.0.0.1:${first.p2pPort}`;
  await other.call('addnode', address, 'add');
  await waitFor(async () => (await rpc.call('getconnectioncount')) > 0, { what: 'the second node' });
  const hasPonged = async () =>
    (await other.call('getpeerinfo')).some(({ pingtime }) => pingtime !== undefined);
  await waitFor(hasPonged, { what: 'a pong' });
  const [peer] = await rpc.call('getpeerinfo');
  await rpc.call('sendmsgtopeer', defined(peer, 'peer').id, 'ping', '00'.repeat(8));
  await rpc.call('ping');
  await rpc.call('getpeerinfo');
  await other.call('getaddednodeinfo');
  await other.call('getaddednodeinfo', address);
  await other.call('addconnection', address, 'block-relay-only', false);
  await rpc.call('getnettotals');
  await rpc.call('getnetworkinfo');
  for (const ip of ['1.2.3.4', '5.6.7.8', '127.0.0.1']) await rpc.call('addpeeraddress', ip, 8333);
  await rpc.call('addpeeraddress', '9.10.11.12', 8333, true);
  await rpc.call('getnodeaddresses', 0);
  await rpc.call('getnodeaddresses', 1, 'onion');
  await rpc.call('getaddrmaninfo');
  await rpc.call('getrawaddrman');
  await rpc.call('setban', '192.0.2.0/24', 'add', 60);
  await rpc.call('listbanned');
  await rpc.call('clearbanned');
}

async function askForBlocks(): Promise<void> {
  await rpc.call('getdeploymentinfo');
  await wallet.call('generatetoaddress', 150, await wallet.call('getnewaddress', 'mined'));
  const [tip] = await rpc.call('generatetodescriptor', 1, `wpkh(${PUBLIC_KEY})`);
  const hash = defined(tip, 'block');
  await rpc.call('getblockcount');
  await rpc.call('getbestblockhash');
  await rpc.call('getdifficulty');
  await rpc.call('getblockchaininfo');
  await rpc.call('getdeploymentinfo', hash);
  await rpc.call('getchaintxstats');
  await rpc.call('getchaintxstats', 0);
  await rpc.call('getblockstats', hash);
  await rpc.call('getblockstats', 1, ['subsidy', 'feerate_percentiles']);
  await rpc.call('verifychain', 1, 2);
  await rpc.call('getblockheader', hash);
  await rpc.call('getblockheader', await rpc.call('getblockhash', 0));
  await rpc.call('getblockheader', hash, false);
  await other.call('waitforblock', hash, 30_000);
  await other.call('waitforblockheight', 151);
  await other.call('waitfornewblock', 1);
  await other.call('getblockchaininfo');
  await other.call('pruneblockchain', 100);
  await rpc.call('getnetworkhashps');
  await rpc.call('syncwithvalidationinterfacequeue');
}

async function askForUnspentOutputs(): Promise<void> {
  await rpc.call('gettxoutsetinfo');
  await rpc.call('gettxoutsetinfo', 'muhash');
  await rpc.call('gettxoutsetinfo', 'none');
  await rpc.call('gettxout', NO_TXID, 0);
  await rpc.call('scantxoutset', 'status');
  await rpc.call('scantxoutset', 'abort');
  await rpc.call('scantxoutset', 'start', [
    `addr(${ADDRESS})`,
    { desc: `combo(${PUBLIC_KEY})`, range: [0, 1] },
  ]);
  await rpc.call('dumptxoutset', join(folder, 'coins'));
  await rpc.call('getchainstates');
}

/** Pays in several ways, with and without confirmation; the last payments stay in the mempool. */
async function askForPayments(): Promise<void> {
  const own = await wallet.call('getnewaddress', 'shop', 'legacy');
  const rent = await wallet.call('sendtoaddress', own, 1, 'rent', 'landlord');
  await wallet.call('sendmany', '', { [ADDRESS]: 0.5, [own]: '0.25' });
  await rpc.call('generatetoaddress', 1, ADDRESS);
  await rpc.call('syncwithvalidationinterfacequeue');
  await wallet.call('gettransaction', rent);
  await wallet.call('settxfee', 0);
  await wallet.callNamed('sendtoaddress', { address: own, amount: 0.1, verbose: true });
  await wallet.callNamed('sendmany', { amounts: { [ADDRESS]: 0.1 }, fee_rate: 3, verbose: true });
  const [coin] = await wallet.call('listunspent', 1, 9_999_999, [own]);
  const { txid, vout } = defined(coin, 'coin');
  await wallet.call('lockunspent', false, [{ txid, vout }]);
  await wallet.call('listlockunspent');
  await wallet.call('lockunspent', true);
  const sent = await wallet.call('send', { [ADDRESS]: 0.2 }, undefined, undefined, 2);
  const { txid: replacement } = await wallet.call('bumpfee', defined(sent.txid, 'txid'), { fee_rate: 20 });
  await wallet.call('gettransaction', replacement);
  await wallet.call('gettransaction', defined(sent.txid, 'txid'), undefined, true);
  await wallet.call('abandontransaction', defined(sent.txid, 'txid'));
  await wallet.call('getwalletinfo');
}

async function askForMempool(): Promise<void> {
  const [txid] = await rpc.call('getrawmempool');
  const known = defined(txid, 'transaction of the mempool');
  await rpc.call('getrawmempool', true);
  await rpc.call('getrawmempool', false, true);
  await rpc.call('getmempoolinfo');
  await rpc.call('getmempoolentry', known);
  for (const verbose of [true, false] as const) {
    await rpc.call('getmempoolancestors', known, verbose);
    await rpc.call('getmempooldescendants', known, verbose);
  }
  const { vin } = await rpc.call('getrawtransaction', known, 1);
  const spent = vin.flatMap(input => (input.coinbase === undefined ? [input] : []));
  const outputs = spent.map(({ txid, vout }) => ({ txid, vout }));
  await rpc.call('gettxspendingprevout', [...outputs, { txid: NO_TXID, vout: 0 }]);
  await rpc.call('gettxout', known, 0);
  for (const one of [known, NO_TXID]) await rpc.call('prioritisetransaction', one, undefined, 1000);
  await rpc.call('getprioritisedtransactions');
  const { filename } = await rpc.call('savemempool');
  await rpc.call('importmempool', filename, { use_current_time: false });
  await rpc.call('estimatesmartfee', 6);
  await rpc.call('estimaterawfee', 6);
  await rpc.call('estimaterawfee', 100, 0.5);
}

/** A parent and a child that nobody has seen, to be judged and sent. */
async function askForTransactions(): Promise<void> {
  const parent = await wallet.callNamed('send', {
    outputs: [{ [await wallet.call('getnewaddress')]: 0.3 }],
    options: { add_to_wallet: false, change_position: 1 },
  });
  const parentHex = defined(parent.hex, 'hex');
  const { txid, vout } = await rpc.call('decoderawtransaction', parentHex);
  const output = defined(vout[0], 'output');
  const bare = await rpc.call(
    'createrawtransaction',
    [{ txid, vout: 0 }],
    [{ [ADDRESS]: 0.2999 }, { data: 'c0ffee' }],
  );
  const { hex: scriptPubKey } = output.scriptPubKey;
  const prevtxs = [{ txid, vout: 0, scriptPubKey, amount: output.value }];
  const child = await wallet.call('signrawtransactionwithwallet', bare, prevtxs, 'ALL');
  await wallet.call('signrawtransactionwithwallet', bare);
  await rpc.call('signrawtransactionwithkey', bare, [KEY], prevtxs);
  await rpc.call('testmempoolaccept', [parentHex]);
  await rpc.call('testmempoolaccept', [child.hex]);
  await rpc.call('testmempoolaccept', [parentHex, parentHex]);
  await rpc.call('testmempoolaccept', [parentHex, child.hex]);
  await rpc.call('submitpackage', [parentHex, bare]);
  await rpc.call('submitpackage', [parentHex, child.hex]);
  await rpc.call('sendrawtransaction', child.hex, '0.10');
  await rpc.call('combinerawtransaction', [child.hex, bare]);
  const wanted = await rpc.call('createrawtransaction', [], { [ADDRESS]: 0.1 });
  await wallet.call('fundrawtransaction', wanted, { fee_rate: '2.5' });
}

async function askForTemplates(): Promise<void> {
  await rpc.call('getmininginfo');
  const { longpollid } = await rpc.call('getblocktemplate', { rules: ['segwit'] });
  expect(longpollid).toMatch(/^[0-9a-f]{64}\d+$/);
  await rpc.call('getmininginfo');
  const [txid] = await rpc.call('getrawmempool');
  const { hash, hex } = await rpc.call('generateblock', ADDRESS, [defined(txid, 'txid')], false);
  await rpc.call('getblocktemplate', { mode: 'proposal', data: hex });
  await rpc.call('submitheader', hex.slice(0, HEADER_DIGITS));
  const [peer] = await rpc.call('getpeerinfo');
  await rpc.call('getblockfrompeer', hash, defined(peer, 'peer').id);
  await rpc.call('submitblock', hex);
  await rpc.call('submitblock', hex);
  await rpc.call('getblocktemplate', { mode: 'proposal', data: hex });
  await rpc.call('generateblock', ADDRESS, []);
  for (const verbosity of [0, 1, 2, 3] as const) await rpc.call('getblock', hash, verbosity);
  await rpc.call('getblockstats', hash);
  await askForConfirmed(hash, defined(txid, 'txid'));
}

async function askForConfirmed(blockHash: string, txid: string): Promise<void> {
  for (const verbosity of [0, 1, 2] as const) await rpc.call('getrawtransaction', txid, verbosity, blockHash);
  const [coinbase] = (await rpc.call('getblock', blockHash)).tx;
  await rpc.call('getrawtransaction', defined(coinbase, 'coinbase'), 2, blockHash);
  await rpc.call('gettxout', defined(coinbase, 'coinbase'), 0, false);
  const [unconfirmed] = await rpc.call('getrawmempool');
  for (const verbosity of [0, 1, 2] as const) {
    await rpc.call('getrawtransaction', defined(unconfirmed, 'txid'), verbosity);
  }
  const proof = await rpc.call('gettxoutproof', [txid], blockHash);
  await rpc.call('verifytxoutproof', proof);
}

async function askForHistory(): Promise<void> {
  await rpc.call('syncwithvalidationinterfacequeue');
  await wallet.call('getbalance');
  await wallet.call('getunconfirmedbalance');
  await wallet.call('getbalances');
  await wallet.call('listunspent', 0);
  await wallet.callNamed('listunspent', { query_options: { minimumAmount: '1', maximumCount: 3 } });
  await wallet.call('listtransactions', '*', 200);
  await wallet.call('listsinceblock');
  await wallet.call('listreceivedbyaddress', 0, true);
  await wallet.call('listreceivedbylabel', 0);
  await wallet.call('getreceivedbylabel', 'shop');
  await wallet.call('listlabels');
  const [address] = Object.keys(await wallet.call('getaddressesbylabel', 'shop'));
  await wallet.call('getreceivedbyaddress', defined(address, 'address'), 0);
  await wallet.call('rescanblockchain', 100);
  await wallet.call('abortrescan');
  const signature = await wallet.call('signmessage', defined(address, 'address'), 'text');
  await rpc.call('verifymessage', defined(address, 'address'), signature, 'text');
  await rpc.call('signmessagewithprivkey', KEY, 'text');
}

async function askForScripts(): Promise<void> {
  for (const type of ['legacy', 'p2sh-segwit', 'bech32', 'bech32m'] as const) {
    const address = await wallet.call('getnewaddress', '', type);
    await wallet.call('getaddressinfo', address);
    await rpc.call('validateaddress', address);
  }
  await rpc.call('validateaddress', ADDRESS.replace('8', '9'));
  await wallet.call('getaddressinfo', await wallet.call('getrawchangeaddress'));
  await wallet.call('getaddressinfo', ADDRESS);
  await wallet.call('setlabel', ADDRESS, 'somebody');
  const { descriptors } = await wallet.call('listdescriptors');
  await wallet.call('listdescriptors', true);
  const ranged = defined(
    descriptors.find(({ range }) => range !== undefined),
    'ranged descriptor',
  );
  await rpc.call('deriveaddresses', ranged.desc, [0, 1]);
  await rpc.call('createmultisig', 1, [UNCOMPRESSED_KEY], 'bech32');
  const { redeemScript, descriptor } = await rpc.call(
    'createmultisig',
    2,
    [PUBLIC_KEY, OTHER_KEY],
    'p2sh-segwit',
  );
  await rpc.call('decodescript', redeemScript);
  await rpc.call('decodescript', '6a03c0ffee');
  await rpc.call('getdescriptorinfo', descriptor);
  await askForMultisig(descriptor);
}

async function askForMultisig(descriptor: string): Promise<void> {
  const watching = rpc.wallet('watching');
  await watching.call('importdescriptors', [
    { desc: descriptor, timestamp: 'now', label: 'shared' },
    { desc: 'nonsense', timestamp: 0 },
  ]);
  await watching.call('listdescriptors');
  const [address] = await rpc.call('deriveaddresses', descriptor);
  await watching.call('getaddressinfo', defined(address, 'address'));
  await wallet.call('sendtoaddress', defined(address, 'address'), 0.1);
  await rpc.call('syncwithvalidationinterfacequeue');
  await watching.call('listunspent', 0);
}

/** A block is taken back, with the wallet's transactions in it, and put in again. */
async function askForBranches(): Promise<void> {
  const [hash] = await wallet.call('generatetoaddress', 1, await wallet.call('getnewaddress'));
  const block = defined(hash, 'block');
  await rpc.call('syncwithvalidationinterfacequeue');
  await rpc.call('invalidateblock', block);
  await rpc.call('generatetoaddress', 1, ADDRESS);
  await rpc.call('getchaintips');
  await rpc.call('getblockheader', block);
  await rpc.call('syncwithvalidationinterfacequeue');
  await wallet.call('listsinceblock', block);
  await wallet.call('listtransactions', '*', 200);
  await rpc.call('reconsiderblock', block);
  await rpc.call('preciousblock', block);
  await rpc.call('getchaintips');
}

async function askForServer(): Promise<void> {
  await rpc.call('help');
  await rpc.call('help', 'getblock');
  await rpc.call('uptime');
  await rpc.call('getrpcinfo');
  await rpc.call('getmemoryinfo');
  await rpc.call('logging', ['net'], ['net']);
  await rpc.call('getindexinfo');
  await rpc.call('setmocktime', Math.floor(Date.now() / 1000));
  await rpc.call('mockscheduler', 1);
  await rpc.call('setmocktime', 0);
  await rpc.call('echo', 1, undefined, { a: [true] });
  await rpc.call('echojson', 'text');
  await rpc.call('echoipc', 'text');
  const [peer] = await rpc.call('getpeerinfo');
  await rpc.call('disconnectnode', '', defined(peer, 'peer').id);
  await rpc.call('setnetworkactive', false);
}

async function askForMining(): Promise<void> {
  await rpc.call('startmining', ADDRESS, 1000);
  const hasFound = async () => (await rpc.call('getminingstatus')).lastblock !== undefined;
  await waitFor(hasFound, { what: 'a block' });
  await rpc.call('stopmining');
  await rpc.call('getminingstatus');
  await rpc.call('stop');
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import { Transaction, type TxOutput } from '../../../src/primitives/transaction.js';
import { parseJson } from '../../../src/rpc/json-read.js';
import { OPEN_ADDRESS, type RpcNode, rpcNode } from '../../support/rpc-node.js';
import { hasShared, readSharedJson } from '../../support/shared.js';

interface Utxo {
  readonly txid: string;
  readonly vout: number;
  /** Satoshis. */
  readonly value: number;
}

/** Number of mature coinbases that tests may spend. */
const MATURE = 16;
const REWARD = 5_000_000_000;
/** A private key and the address of its public key's hash. */
const WIF = 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA';
const WPKH_ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

let rpc: RpcNode;
const utxos: Utxo[] = [];

beforeAll(async () => {
  rpc = await rpcNode();
  const hashes = await rpc.call('generatetoaddress', 100 + MATURE, OPEN_ADDRESS);
  for (const hash of hashes.slice(0, MATURE)) {
    utxos.push({ txid: (await rpc.call('getblock', hash)).tx[0], vout: 0, value: REWARD });
  }
});
afterAll(() => rpc.stop());

function takeUtxo(): Utxo {
  const utxo = utxos.pop();
  if (utxo === undefined) throw new Error('no coin left');
  return utxo;
}

interface SpendOptions {
  readonly fee?: number;
  readonly sequence?: number;
  readonly to?: string;
  readonly version?: number;
}

/** A transaction of open coins to one output, with its witness. */
async function spend(
  coins: readonly Utxo[],
  options: SpendOptions = {},
): Promise<{ hex: string; utxo: Utxo }> {
  const { fee = 1000, sequence = 0xffffffff, to = OPEN_ADDRESS } = options;
  const value = coins.reduce((sum, coin) => sum + coin.value, 0) - fee;
  const inputs = coins.map(({ txid, vout }) => ({ txid, vout, sequence }));
  const unsigned = await rpc.call('createrawtransaction', inputs, { [to]: (value / 1e8).toFixed(8) });
  const parsed = Transaction.parse(Buffer.from(unsigned, 'hex'));
  const signed = Transaction.from({
    version: options.version ?? parsed.version,
    lockTime: parsed.lockTime,
    outputs: parsed.outputs,
    inputs: parsed.inputs.map(input => ({ ...input, witness: [Uint8Array.of(0x51)] })),
  });
  const { txid } = await rpc.call('decoderawtransaction', toHex(signed.raw));
  return { hex: toHex(signed.raw), utxo: { txid, vout: 0, value } };
}

describe('createrawtransaction', () => {
  const txid = '11'.repeat(32);

  it('makes what it is told', async () => {
    const hex = await rpc.call(
      'createrawtransaction',
      [{ txid, vout: 3 }],
      [{ [OPEN_ADDRESS]: 0.5 }, { data: '0102' }],
      7,
    );
    const tx = await rpc.call('decoderawtransaction', hex);
    expect(tx).toMatchObject({ version: 2, locktime: 7, vin: [{ txid, vout: 3, sequence: 0xfffffffd }] });
    expect(tx.vout.map((output: { value: number }) => output.value)).toEqual([0.5, 0]);
    expect(tx.vout[1].scriptPubKey).toMatchObject({ type: 'nulldata', hex: '6a020102' });
  });

  it('chooses sequence numbers by lock time and replaceability', async () => {
    const sequence = async (...rest: unknown[]) =>
      (
        await rpc.call(
          'decoderawtransaction',
          await rpc.call('createrawtransaction', [{ txid, vout: 0 }], {}, ...rest),
        )
      ).vin[0].sequence;
    expect(await sequence()).toBe(0xfffffffd);
    expect(await sequence(0, false)).toBe(0xffffffff);
    expect(await sequence(5, false)).toBe(0xfffffffe);
  });

  it.each([
    [['foo', {}], '-3: Wrong type passed:\n'],
    [[['foo'], {}], '-3: JSON value of type string is not of expected type object'],
    [[[{}], {}], '-3: JSON value of type null is not of expected type string'],
    [[[{ txid: 'foo' }], {}], "-8: txid must be of length 64 (not 3, for 'foo')"],
    [[[{ txid }], {}], '-8: Invalid parameter, missing vout key'],
    [[[{ txid, vout: -1 }], {}], '-8: Invalid parameter, vout cannot be negative'],
    [[[{ txid, vout: 0, sequence: -1 }], {}], '-8: Invalid parameter, sequence number is out of range'],
    [[[], null], '-8: Invalid parameter, output argument must be non-null'],
    [[[], 'foo'], '-3: JSON value of type string is not of expected type array'],
    [[[], { foo: 0 }], '-5: Invalid Bitcoin address: foo'],
    [[[], { data: 'foo' }], "-8: Data must be hexadecimal string (not 'foo')"],
    [[[], { [OPEN_ADDRESS]: 'foo' }], '-3: Invalid amount'],
    [[[], { [OPEN_ADDRESS]: -1 }], '-3: Amount out of range'],
    [[[], [{ data: '99' }, { data: '98' }]], '-8: Invalid parameter, duplicate key: data'],
    [
      [[], [{ [OPEN_ADDRESS]: 1 }, { [OPEN_ADDRESS]: 1 }]],
      `-8: Invalid parameter, duplicated address: ${OPEN_ADDRESS}`,
    ],
    [[[], [{ a: 1, b: 2 }]], '-8: Invalid parameter, key-value pair must contain exactly one key'],
    [[[], ['key-value pair1']], '-8: Invalid parameter, key-value pair not an object as expected'],
    [[[], {}, -1], '-8: Invalid parameter, locktime out of range'],
    [[[], {}, 2 ** 32], '-8: Invalid parameter, locktime out of range'],
    [
      [[{ txid, vout: 0, sequence: 0xffffffff }], {}, 0, true],
      '-8: Invalid parameter combination: Sequence number(s) contradict replaceable option',
    ],
  ])('refuses %j', async (params, expected) => {
    expect(await rpc.error('createrawtransaction', ...params)).toContain(expected);
  });

  it('refuses addresses named twice in one object', async () => {
    const outputs = parseJson(`{"${OPEN_ADDRESS}":1,"${OPEN_ADDRESS}":1}`);
    expect(await rpc.error('createrawtransaction', [], outputs)).toBe(
      `-8: Invalid parameter, duplicated address: ${OPEN_ADDRESS}`,
    );
  });
});

describe('decoding', () => {
  it('takes the form of the transaction that makes sense', async () => {
    // Without inputs and with one output: the start of it looks like that of one with a witness.
    const empty = await rpc.call('createrawtransaction', [], { [OPEN_ADDRESS]: 1 });
    expect((await rpc.call('decoderawtransaction', empty)).vout).toHaveLength(1);
    expect((await rpc.call('decoderawtransaction', empty, false)).vin).toEqual([]);
    expect(await rpc.error('decoderawtransaction', empty, true)).toBe('-22: TX decode failed');
    expect(await rpc.error('decoderawtransaction', 'zz')).toBe('-22: TX decode failed');
  });

  it.skipIf(!hasShared)('shows scripts as in the official vectors', async () => {
    const vectors = readSharedJson<[string, Record<string, unknown>][]>(
      'vectors/core/functional/rpc_decodescript.json',
    );
    for (const [script, expected] of vectors) {
      expect([script, await rpc.call('decodescript', script)]).toEqual([script, expected]);
    }
    expect(vectors.length).toBeGreaterThan(0);
  });

  it('shows an empty script, and refuses what is no hex', async () => {
    expect(await rpc.call('decodescript', '')).toMatchObject({ asm: '', type: 'nonstandard' });
    expect(await rpc.error('decodescript', 'x')).toBe("-8: argument must be hexadecimal string (not 'x')");
  });
});

describe('sending', () => {
  it('puts a transaction into the mempool, and again only announces it', async () => {
    const { hex, utxo } = await spend([takeUtxo()]);
    expect(await rpc.call('sendrawtransaction', hex)).toBe(utxo.txid);
    expect(await rpc.call('getrawmempool')).toEqual([utxo.txid]);
    expect(await rpc.call('sendrawtransaction', hex)).toBe(utxo.txid);
    expect((await rpc.call('getmempoolinfo')).unbroadcastcount).toBe(1);

    await rpc.call('generatetoaddress', 1, OPEN_ADDRESS);
    expect(await rpc.call('getrawmempool')).toEqual([]);
    expect(await rpc.error('sendrawtransaction', hex)).toBe('-27: Transaction outputs already in utxo set');
    utxos.push(utxo);
  });

  it('refuses what is not valid, with the reason', async () => {
    const missing = await spend([{ txid: '22'.repeat(32), vout: 0, value: REWARD }]);
    expect(await rpc.error('sendrawtransaction', missing.hex)).toBe('-25: bad-txns-inputs-missingorspent');
    const coin = takeUtxo();
    const free = await spend([coin], { fee: 0 });
    expect(await rpc.error('sendrawtransaction', free.hex)).toMatch(/^-26: min relay fee not met/);
    const dear = await spend([coin], { fee: 10_000_000 });
    expect(await rpc.error('sendrawtransaction', dear.hex)).toBe(
      '-25: Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)',
    );
    expect(await rpc.error('sendrawtransaction', dear.hex, 1)).toMatch(/^-8: Fee rates larger/);
    expect(await rpc.call('sendrawtransaction', dear.hex, 0)).toBe(dear.utxo.txid);
    expect(await rpc.error('sendrawtransaction', 'ff')).toBe(
      '-22: TX decode failed. Make sure the tx has at least one input.',
    );
    await rpc.call('generatetoaddress', 1, OPEN_ADDRESS);
  });

  it('refuses to burn more than allowed', async () => {
    const { txid, vout } = takeUtxo();
    const tx = Transaction.from({
      version: 2,
      inputs: [
        {
          prevout: { txid: Buffer.from(txid, 'hex').reverse(), vout },
          scriptSig: new Uint8Array(0),
          sequence: 0,
          witness: [Uint8Array.of(0x51)],
        },
      ],
      outputs: [{ value: REWARD - 1000, script: Uint8Array.of(0x6a) }],
      lockTime: 0,
    });
    const hex = toHex(tx.raw);
    expect(await rpc.error('sendrawtransaction', hex)).toBe(
      '-25: Unspendable output exceeds maximum configured by user (maxburnamount)',
    );
    expect(await rpc.error('sendrawtransaction', hex, 0.1, 50)).not.toContain('maxburnamount');
  });

  it('can be tested before', async () => {
    const coin = takeUtxo();
    const parent = await spend([coin]);
    const child = await spend([parent.utxo]);
    const [single] = await rpc.call('testmempoolaccept', [parent.hex]);
    expect(single).toMatchObject({ txid: parent.utxo.txid, allowed: true, fees: { base: 0.00001 } });
    expect(single.fees['effective-includes']).toEqual([single.wtxid]);
    expect(await rpc.call('testmempoolaccept', [child.hex])).toMatchObject([
      { allowed: false, 'reject-reason': 'missing-inputs' },
    ]);
    expect(await rpc.call('testmempoolaccept', [parent.hex, child.hex])).toMatchObject([
      { allowed: true },
      { allowed: true },
    ]);
    const wrongOrder = await rpc.call('testmempoolaccept', [child.hex, parent.hex]);
    expect(wrongOrder[0]['package-error']).toBe('package-not-sorted');
    expect(wrongOrder[0]).not.toHaveProperty('allowed');
    const dear = await spend([coin], { fee: 20_000_000 });
    expect(await rpc.call('testmempoolaccept', [dear.hex])).toMatchObject([
      { allowed: false, 'reject-reason': 'max-fee-exceeded' },
    ]);
    expect(await rpc.error('testmempoolaccept', [])).toBe(
      '-8: Array must contain between 1 and 25 transactions.',
    );
    expect(await rpc.error('testmempoolaccept', ['00'])).toMatch(/^-22: TX decode failed: 00/);
    expect(await rpc.call('getrawmempool')).toEqual([]);
    utxos.push(coin);
  });

  it('goes in packages, too', async () => {
    const parent = await spend([takeUtxo()], { fee: 0, version: 3 });
    const child = await spend([parent.utxo], { fee: 5000, version: 3 });
    expect(await rpc.error('submitpackage', [parent.hex])).toBe(
      '-8: Array must contain between 2 and 25 transactions.',
    );
    expect(await rpc.error('submitpackage', [child.hex, parent.hex])).toBe(
      '-25: package topology disallowed. not child-with-parents or parents depend on each other.',
    );
    const result = await rpc.call('submitpackage', [parent.hex, child.hex]);
    expect(result.package_msg).toBe('success');
    const views = Object.values(result['tx-results']) as { txid: string; fees: Record<string, unknown> }[];
    expect(views.map(view => view.txid)).toEqual([parent.utxo.txid, child.utxo.txid]);
    expect(views[0]?.fees['effective-includes']).toHaveLength(2);
    expect(result['replaced-transactions']).toEqual([]);
    expect(await rpc.call('getrawmempool')).toEqual([parent.utxo.txid, child.utxo.txid]);
    await rpc.call('generatetoaddress', 1, OPEN_ADDRESS);
  });
});

describe('the mempool', () => {
  let parent: Awaited<ReturnType<typeof spend>>;
  let child: Awaited<ReturnType<typeof spend>>;
  beforeAll(async () => {
    parent = await spend([takeUtxo()], { sequence: 0xfffffffd });
    child = await spend([parent.utxo], { fee: 2000 });
    await rpc.call('sendrawtransaction', parent.hex);
    await rpc.call('sendrawtransaction', child.hex);
  });
  afterAll(() => rpc.call('generatetoaddress', 1, OPEN_ADDRESS));

  it('is what templates are made of, with the places of parents', async () => {
    const { transactions } = await rpc.call('getblocktemplate', { rules: ['segwit'] });
    const views = await Promise.all(
      [parent, child].map(async ({ hex, utxo }, index) => {
        const { hash, weight } = await rpc.call('decoderawtransaction', hex);
        const [fee, depends] = index === 0 ? [1000, []] : [2000, [1]];
        return { data: hex, txid: utxo.txid, hash, depends, fee, sigops: 0, weight };
      }),
    );
    expect(transactions).toEqual(views);
    expect(Object.keys(transactions[0])).toEqual(Object.keys(views[0] ?? {}));
  });

  it('shows its entries', async () => {
    const entry = await rpc.call('getmempoolentry', child.utxo.txid);
    expect(Object.keys(entry)).toEqual([
      'vsize',
      'weight',
      'time',
      'height',
      'descendantcount',
      'descendantsize',
      'ancestorcount',
      'ancestorsize',
      'wtxid',
      'fees',
      'depends',
      'spentby',
      'bip125-replaceable',
      'unbroadcast',
    ]);
    expect(entry).toMatchObject({
      ancestorcount: 2,
      depends: [parent.utxo.txid],
      spentby: [],
      'bip125-replaceable': true,
      unbroadcast: true,
      fees: { base: 0.00002, ancestor: 0.00003, descendant: 0.00002 },
    });
    expect((await rpc.call('getrawmempool', true))[child.utxo.txid]).toEqual(entry);
    expect(await rpc.error('getmempoolentry', '33'.repeat(32))).toBe('-5: Transaction not in mempool');
  });

  it('shows kinship', async () => {
    expect(await rpc.call('getmempoolancestors', child.utxo.txid)).toEqual([parent.utxo.txid]);
    expect(Object.keys(await rpc.call('getmempooldescendants', parent.utxo.txid, true))).toEqual([
      child.utxo.txid,
    ]);
    const { txid, vout } = parent.utxo;
    expect(
      await rpc.call('gettxspendingprevout', [
        { txid, vout },
        { txid, vout: 5 },
      ]),
    ).toEqual([
      { txid, vout, spendingtxid: child.utxo.txid },
      { txid, vout: 5 },
    ]);
    expect(await rpc.error('gettxspendingprevout', [])).toBe('-8: Invalid parameter, outputs are missing');
    expect(await rpc.error('gettxspendingprevout', [{ txid }])).toBe('-3: Missing vout');
    expect(await rpc.error('gettxspendingprevout', [{ txid, vout, x: 1 }])).toBe('-3: Unexpected key x');
    expect(await rpc.error('gettxspendingprevout', [{ txid, vout: -1 }])).toBe(
      '-8: Invalid parameter, vout cannot be negative',
    );
  });

  it('gives its sequence number on demand', async () => {
    const { txids, mempool_sequence } = await rpc.call('getrawmempool', false, true);
    expect(txids).toEqual(await rpc.call('getrawmempool'));
    expect(mempool_sequence).toBeGreaterThan(0);
    expect(await rpc.error('getrawmempool', true, true)).toBe(
      '-8: Verbose results cannot contain mempool sequence values.',
    );
  });

  it('takes other priorities', async () => {
    const { txid } = child.utxo;
    expect(await rpc.call('prioritisetransaction', txid, null, 500)).toBe(true);
    expect(await rpc.call('getprioritisedtransactions')).toEqual({
      [txid]: { fee_delta: 500, in_mempool: true, modified_fee: 2500 },
    });
    expect((await rpc.call('getmempoolentry', txid)).fees.modified).toBe(0.000025);
    expect(await rpc.error('prioritisetransaction', txid, 1, 5)).toMatch(
      /^-8: Priority is no longer supported/,
    );
    await rpc.call('prioritisetransaction', txid, 0, -500);
    expect(await rpc.call('getprioritisedtransactions')).toEqual({});
  });

  it('tells of itself', async () => {
    expect(await rpc.call('getmempoolinfo')).toMatchObject({
      size: 2,
      total_fee: 0.00003,
      maxmempool: 300_000_000,
      mempoolminfee: 0.00001,
      minrelaytxfee: 0.00001,
      unbroadcastcount: 2,
    });
    expect(await rpc.error('savemempool')).toBe('-1: The mempool was not loaded yet');
  });

  it('has transactions that getrawtransaction finds', async () => {
    const { txid } = child.utxo;
    expect(await rpc.call('getrawtransaction', txid)).toBe(child.hex);
    const view = await rpc.call('getrawtransaction', txid, 2);
    expect(view).toMatchObject({ txid, hex: child.hex });
    expect(view).not.toHaveProperty('confirmations');
  });

  it('is looked into by gettxout', async () => {
    const { txid } = child.utxo;
    expect(await rpc.call('gettxout', txid, 0)).toMatchObject({ confirmations: 0, coinbase: false });
    expect(await rpc.call('gettxout', txid, 0, false)).toBeNull();
    expect(await rpc.call('gettxout', parent.utxo.txid, 0)).toBeNull();
  });
});

describe('confirmed transactions', () => {
  it('are found in their block', async () => {
    const { hex, utxo } = await spend([takeUtxo()]);
    await rpc.call('sendrawtransaction', hex);
    const [hash] = await rpc.call('generatetoaddress', 1, OPEN_ADDRESS);
    expect(await rpc.error('getrawtransaction', utxo.txid)).toBe(
      '-5: No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries. Use gettransaction for wallet transactions.',
    );
    expect(await rpc.call('getrawtransaction', utxo.txid, false, hash)).toBe(hex);
    const view = await rpc.call('getrawtransaction', utxo.txid, 2, hash);
    expect(view).toMatchObject({ in_active_chain: true, blockhash: hash, confirmations: 1, fee: 0.00001 });
    expect(view.vin[0].prevout).toMatchObject({ generated: true, value: 50 });
    const best = await rpc.call('getblockhash', 1);
    expect(await rpc.error('getrawtransaction', utxo.txid, 1, best)).toBe(
      '-5: No such transaction found in the provided block. Use gettransaction for wallet transactions.',
    );
    expect(await rpc.error('getrawtransaction', utxo.txid, 1, '44'.repeat(32))).toBe(
      '-5: Block hash not found',
    );
    expect(await rpc.error('getrawtransaction', 'x')).toBe(
      "-8: parameter 1 must be of length 64 (not 1, for 'x')",
    );
    const genesis = await rpc.call('getblock', await rpc.call('getblockhash', 0));
    expect(await rpc.error('getrawtransaction', genesis.merkleroot)).toMatch(
      /^-5: The genesis block coinbase/,
    );
  });

  it('can be proven', async () => {
    const sent = [await spend([takeUtxo()]), await spend([takeUtxo()])];
    for (const { hex } of sent) await rpc.call('sendrawtransaction', hex);
    const [hash] = await rpc.call('generatetoaddress', 1, OPEN_ADDRESS);
    const txids = sent.map(({ utxo }) => utxo.txid);
    const proof = await rpc.call('gettxoutproof', txids);
    expect((await rpc.call('verifytxoutproof', proof)).sort()).toEqual([...txids].sort());
    expect(await rpc.call('gettxoutproof', txids, hash)).toBe(proof);
    expect(await rpc.call('verifytxoutproof', await rpc.call('gettxoutproof', [txids[0]]))).toEqual([
      txids[0],
    ]);

    const broken = proof.slice(0, -2);
    expect(await rpc.error('verifytxoutproof', broken)).toMatch(/^-1: /);
    const otherRoot = proof.slice(0, 72) + (proof[72] === '0' ? '1' : '0') + proof.slice(73);
    expect(await rpc.call('verifytxoutproof', otherRoot)).toEqual([]);
    expect(await rpc.error('gettxoutproof', [])).toBe("-8: Parameter 'txids' cannot be empty");
    expect(await rpc.error('gettxoutproof', [txids[0], txids[0]])).toBe(
      `-8: Invalid parameter, duplicated txid: ${txids[0]}`,
    );
    expect(await rpc.error('gettxoutproof', ['55'.repeat(32)])).toBe('-5: Transaction not yet in block');
    expect(await rpc.error('gettxoutproof', txids, await rpc.call('getblockhash', 1))).toBe(
      '-5: Not all transactions found in specified or retrieved block',
    );
    await rpc.call('invalidateblock', hash);
    expect(await rpc.error('verifytxoutproof', proof)).toBe('-5: Block not found in chain');
    await rpc.call('reconsiderblock', hash);
  });
});

describe('invalidateblock', () => {
  it('gives transactions back block by block, so that large families return whole', async () => {
    const { hex, utxo } = await spend([takeUtxo()]);
    const one = Transaction.parse(Buffer.from(hex, 'hex'));
    const value = Math.floor(utxo.value / 60) - 1000;
    const parent = Transaction.from({
      ...partsOf(one),
      outputs: Array.from({ length: 60 }, () => ({ ...(one.outputs[0] as TxOutput), value })),
    });
    const txid = await rpc.call('sendrawtransaction', toHex(parent.raw));
    const hashes: string[] = [];
    for (let vout = 0; vout < 60; vout++) {
      await rpc.call('sendrawtransaction', (await spend([{ txid, vout, value }])).hex);
      if (vout % 20 === 19) hashes.push(...(await rpc.call('generatetoaddress', 1, OPEN_ADDRESS)));
    }
    // More than 25 children, which could not come in one after the other.
    await rpc.call('invalidateblock', hashes[0]);
    expect(await rpc.call('getrawmempool')).toHaveLength(61);
    await rpc.call('reconsiderblock', hashes[0]);
    expect(await rpc.call('getrawmempool')).toEqual([]);
  });

  it('gives back those of ten blocks at most', async () => {
    const hashes: string[] = [];
    let utxo = takeUtxo();
    const txids: string[] = [];
    for (let block = 0; block < 11; block++) {
      const next = await spend([block === 1 ? takeUtxo() : utxo]);
      utxo = next.utxo;
      txids.push(await rpc.call('sendrawtransaction', next.hex));
      hashes.push(...(await rpc.call('generatetoaddress', 1, OPEN_ADDRESS)));
    }
    await rpc.call('invalidateblock', hashes[0]);
    expect(await rpc.call('getrawmempool')).toHaveLength(10);
    expect(await rpc.call('getrawmempool')).not.toContain(txids[0]);
    await rpc.call('reconsiderblock', hashes[0]);
  });
});

function partsOf({ version, inputs, outputs, lockTime }: Transaction) {
  return { version, inputs, outputs, lockTime };
}

describe('signing with keys', () => {
  it('signs what the keys are for', async () => {
    const funding = await spend([takeUtxo()], { to: WPKH_ADDRESS });
    await rpc.call('sendrawtransaction', funding.hex);
    const unsigned = await rpc.call('createrawtransaction', [{ txid: funding.utxo.txid, vout: 0 }], {
      [OPEN_ADDRESS]: 49.999,
    });
    const withoutKey = await rpc.call('signrawtransactionwithkey', unsigned, []);
    expect(withoutKey).toMatchObject({ complete: false, errors: [{ txid: funding.utxo.txid, vout: 0 }] });
    const signed = await rpc.call('signrawtransactionwithkey', unsigned, [WIF]);
    expect(signed.complete).toBe(true);
    expect(signed).not.toHaveProperty('errors');
    expect(await rpc.call('combinerawtransaction', [unsigned, signed.hex])).toBe(signed.hex);
    await rpc.call('sendrawtransaction', signed.hex);
  });

  it('takes outputs that are not known from prevtxs', async () => {
    const txid = '66'.repeat(32);
    const unsigned = await rpc.call('createrawtransaction', [{ txid, vout: 0 }], { [OPEN_ADDRESS]: 1 });
    const { scriptPubKey } = await rpc.call('validateaddress', WPKH_ADDRESS);
    const sign = (prevTx: object) => ['signrawtransactionwithkey', unsigned, [WIF], [prevTx]] as const;
    expect((await rpc.call(...sign({ txid, vout: 0, scriptPubKey, amount: 2 }))).complete).toBe(true);
    expect(await rpc.error(...sign({ txid, vout: 0, scriptPubKey }))).toMatch(
      /^-3: Missing amount for CTxOut\(nValue=21000000\.00000000, scriptPubKey=0014/,
    );
    expect(await rpc.error(...sign({ txid, vout: 0 }))).toBe('-3: Missing scriptPubKey');
    expect(await rpc.error(...sign({ txid, vout: -1, scriptPubKey }))).toBe('-22: vout cannot be negative');
    const p2sh = `a914${'00'.repeat(20)}87`;
    expect(await rpc.error(...sign({ txid, vout: 0, scriptPubKey: p2sh }))).toBe(
      '-8: Missing redeemScript/witnessScript',
    );
    expect(await rpc.error(...sign({ txid, vout: 0, scriptPubKey: p2sh, redeemScript: '51' }))).toBe(
      '-8: redeemScript/witnessScript does not match scriptPubKey',
    );
    expect(
      await rpc.error(
        ...sign({ txid, vout: 0, scriptPubKey: p2sh, redeemScript: '51', witnessScript: '52' }),
      ),
    ).toBe('-8: redeemScript does not correspond to witnessScript');
  });

  it('refuses other keys and hash types', async () => {
    const unsigned = await rpc.call('createrawtransaction', [{ txid: '66'.repeat(32), vout: 0 }], {
      [OPEN_ADDRESS]: 1,
    });
    expect(await rpc.error('signrawtransactionwithkey', unsigned, ['key'])).toBe('-5: Invalid private key');
    expect(await rpc.error('signrawtransactionwithkey', unsigned, [WIF], [], 'SOME')).toBe(
      "-8: 'SOME' is not a valid sighash parameter.",
    );
    expect(await rpc.call('signrawtransactionwithkey', unsigned, [WIF])).toMatchObject({
      complete: false,
      errors: [{ error: 'Input not found or already spent' }],
    });
    expect(await rpc.error('combinerawtransaction', [])).toBe('-22: Missing transactions');
    expect(await rpc.error('combinerawtransaction', [unsigned])).toBe(
      '-25: Input not found or already spent',
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templateBlock, withNonce } from '../../../src/miner/block-template.js';
import { Block } from '../../../src/primitives/block.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { Transaction } from '../../../src/primitives/transaction.js';
import { OPEN_ADDRESS, type RpcNode, rpcNode } from '../../support/rpc-node.js';

let rpc: RpcNode;
beforeAll(async () => {
  rpc = await rpcNode();
});
afterAll(() => rpc.stop());

/** A block on the tip with its proof of work. */
async function minedBlock(): Promise<Block> {
  const template = await rpc.context.miner.template(Uint8Array.of(0x51));
  const { block } = await rpc.context.miner.solve(template, 1000);
  if (block === undefined) throw new Error('no nonce found');
  return block;
}

describe('generating', () => {
  it('pays to an address', async () => {
    const hashes = await rpc.call('generatetoaddress', 2, OPEN_ADDRESS);
    expect(hashes).toHaveLength(2);
    expect(await rpc.call('getbestblockhash')).toBe(hashes[1]);
    const block = await rpc.call('getblock', hashes[1], 2);
    expect(block.tx[0].vout[0].scriptPubKey.address).toBe(OPEN_ADDRESS);
  });

  it('pays to a descriptor', async () => {
    const [hash] = await rpc.call('generatetodescriptor', 1, `addr(${OPEN_ADDRESS})`);
    expect((await rpc.call('getblock', hash, 2)).tx[0].vout[0].scriptPubKey.address).toBe(OPEN_ADDRESS);
    expect(await rpc.error('generatetodescriptor', 1, 'pkh(nothing)')).toMatch(/^-5: /);
  });

  it('takes the segwit script of combo(), or P2PKH where the key is uncompressed', async () => {
    const compressed = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
    const uncompressed =
      '0408ef68c46d20596cc3f6ddf7c8794f71913add807f1dc55949fa805d764d191c0b7ce6894c126fce0babc6663042f3dde9b0cf76467ea315514e5a6731149c67';
    for (const [key, address] of [
      [compressed, 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'],
      [uncompressed, 'mkc9STceoCcjoXEXe6cm66iJbmjM6zR9B2'],
    ]) {
      const { hash } = await rpc.call('generateblock', `combo(${key})`, []);
      expect((await rpc.call('getblock', hash, 2)).tx[0].vout[0].scriptPubKey.address).toBe(address);
    }
  });

  it('makes a block without submitting it', async () => {
    const { hash, hex } = await rpc.call('generateblock', OPEN_ADDRESS, [], false);
    expect(await rpc.call('getbestblockhash')).not.toBe(hash);
    expect(await rpc.call('submitblock', hex)).toBeNull();
    expect(await rpc.call('getbestblockhash')).toBe(hash);
  });

  it('refuses what it cannot pay to or take in', async () => {
    expect(await rpc.error('generatetoaddress', 1, '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy')).toBe(
      '-5: Error: Invalid address',
    );
    expect(await rpc.error('generateblock', '1234', [])).toBe('-5: Error: Invalid address or descriptor');
    expect(await rpc.error('generateblock', OPEN_ADDRESS, ['00'.repeat(32)])).toBe(
      `-5: Transaction ${'00'.repeat(32)} not in mempool.`,
    );
    expect(await rpc.error('generateblock', OPEN_ADDRESS, ['0000'])).toBe(
      '-22: Transaction decode failed for 0000. Make sure the tx has at least one input.',
    );
    const ranged =
      'pkh(tpubD6NzVbkrYhZ4XgiXtGrdW5XDAPFCL9h7we1vwNCpn8tGbBcgfVYjXyhWo4E1xkh56hjod1RhGjxbaTLV3X4FyWuejifB9jusQ46QzG87VKp/0/*)';
    expect(await rpc.error('generateblock', ranged, [])).toBe(
      '-8: Ranged descriptor not accepted. Maybe pass through deriveaddresses first?',
    );
    expect(await rpc.error('generateblock', ranged.replace('0/*', "0'/0"), [])).toBe(
      '-5: Cannot derive script without private keys',
    );
  });

  it('refuses transactions that are not valid', async () => {
    const spendsNothing = Transaction.from({
      version: 2,
      inputs: [
        {
          prevout: { txid: new Uint8Array(32).fill(1), vout: 0 },
          scriptSig: new Uint8Array(0),
          sequence: 0,
          witness: [],
        },
      ],
      outputs: [{ value: 1, script: Uint8Array.of(0x51) }],
      lockTime: 0,
    });
    expect(await rpc.error('generateblock', OPEN_ADDRESS, [toHex(spendsNothing.raw)])).toMatch(
      /^-25: testBlockValidity failed: bad-txns-inputs-missingorspent/,
    );
  });

  it('many at a time, each gets a block', async () => {
    const before = await rpc.call('getblockcount');
    await Promise.all(Array.from({ length: 5 }, () => rpc.call('generateblock', OPEN_ADDRESS, [])));
    expect(await rpc.call('getblockcount')).toBeGreaterThan(before);
  });

  it('without anything to say how, tells that it is gone', async () => {
    expect(await rpc.error('generate')).toBe(
      '-32601: generate\n\nhas been replaced by the -generate cli option. Refer to -help for more information.\n',
    );
  });
});

describe('getblocktemplate', () => {
  it('needs the client to know segwit', async () => {
    expect(await rpc.error('getblocktemplate', {})).toBe(
      '-8: getblocktemplate must be called with the segwit rule set (call with {"rules": ["segwit"]})',
    );
    expect(await rpc.error('getblocktemplate', { mode: 'other' })).toBe('-8: Invalid mode');
    expect(await rpc.error('getblocktemplate', { mode: 7 })).toBe('-8: Invalid mode');
  });

  it('has what BIP22, 23, 9 and 145 ask for, in the order of Core', async () => {
    const template = await rpc.call('getblocktemplate', { rules: ['segwit'] });
    expect(Object.keys(template)).toEqual([
      'capabilities',
      'version',
      'rules',
      'vbavailable',
      'vbrequired',
      'previousblockhash',
      'transactions',
      'coinbaseaux',
      'coinbasevalue',
      'longpollid',
      'target',
      'mintime',
      'mutable',
      'noncerange',
      'sigoplimit',
      'sizelimit',
      'weightlimit',
      'curtime',
      'bits',
      'height',
      'default_witness_commitment',
    ]);
    expect(template.height).toBe((await rpc.call('getblockcount')) + 1);
    expect(template.previousblockhash).toBe(await rpc.call('getbestblockhash'));
    expect(template.rules).toEqual(['csv', '!segwit', 'taproot']);
    expect(template.bits).toBe('207fffff');
    expect(template.coinbasevalue).toBe(5_000_000_000);
    expect(template.longpollid.startsWith(template.previousblockhash)).toBe(true);
  });

  it('is made anew when the tip has changed', async () => {
    const before = await rpc.call('getblocktemplate', { rules: ['segwit'] });
    await rpc.call('generatetoaddress', 1, OPEN_ADDRESS);
    const after = await rpc.call('getblocktemplate', { rules: ['segwit'] });
    expect(after.height).toBe(before.height + 1);
  });

  it('waits for a new block when told to', async () => {
    const { longpollid, height } = await rpc.call('getblocktemplate', { rules: ['segwit'] });
    const polled = rpc.call('getblocktemplate', { rules: ['segwit'], longpollid });
    await rpc.call('generatetoaddress', 1, OPEN_ADDRESS);
    expect((await polled).height).toBe(height + 1);
  });

  it('ends its wait when the node stops', async () => {
    const { longpollid } = await rpc.call('getblocktemplate', { rules: ['segwit'] });
    const stop = new AbortController();
    const polled = rpc
      .callNamed('getblocktemplate', { template_request: { rules: ['segwit'], longpollid } }, stop.signal)
      .then(
        () => 'no error',
        (error: Error) => error.message,
      );
    stop.abort();
    expect(await polled).toBe('Shutting down');
  });

  it('judges proposals', async () => {
    const propose = (data: string) =>
      rpc.call('getblocktemplate', { mode: 'proposal', data, rules: ['segwit'] });
    const template = await rpc.context.miner.template(Uint8Array.of(0x51));
    const block = templateBlock(template, template.coinbase, template.time + 1);
    expect(await propose(toHex(block.raw))).toBeNull();

    const badVersion = Block.from(block.header, [
      Transaction.from({ ...partsOf(block.transactions[0] as Transaction), lockTime: 2 ** 32 - 1 }),
    ]);
    expect(await propose(toHex(badVersion.raw))).toBe('bad-txnmrklroot');
    expect(await rpc.error('getblocktemplate', { mode: 'proposal', rules: ['segwit'] })).toBe(
      '-3: Missing data String key for proposal',
    );
    expect(await rpc.error('getblocktemplate', { mode: 'proposal', data: 'aa', rules: ['segwit'] })).toBe(
      '-22: Block decode failed',
    );

    const known = await minedBlock();
    await rpc.call('submitblock', toHex(known.raw));
    expect(await propose(toHex(known.raw))).toBe('duplicate');
    expect(await propose(toHex(block.raw))).toBe('inconclusive-not-best-prevblk');
  });
});

function partsOf({ version, inputs, outputs, lockTime }: Transaction) {
  return { version, inputs, outputs, lockTime };
}

describe('submitting', () => {
  it('takes a block once', async () => {
    const hex = toHex((await minedBlock()).raw);
    expect(await rpc.call('submitblock', hex)).toBeNull();
    expect(await rpc.call('submitblock', hex)).toBe('duplicate');
  });

  it('adds the witness reserved value that an old miner leaves out', async () => {
    const block = await minedBlock();
    const [coinbase, ...others] = block.transactions;
    const { inputs, ...rest } = partsOf(coinbase as Transaction);
    const bare = Transaction.from({ ...rest, inputs: inputs.map(input => ({ ...input, witness: [] })) });
    expect(await rpc.call('submitblock', toHex(Block.from(block.header, [bare, ...others]).raw))).toBeNull();
  });

  it('tells what is wrong with a block, and remembers it', async () => {
    const template = await rpc.context.miner.template(Uint8Array.of(0x51));
    const greedy = { ...template, coinbaseValue: 0 };
    const coinbase = Transaction.from({
      ...partsOf(template.coinbase),
      outputs: template.coinbase.outputs.map(output => ({ ...output, value: output.value * 2 })),
    });
    const { block } = await rpc.context.miner.solve({ ...greedy, coinbase }, 1000);
    const hex = toHex((block as Block).raw);
    expect(await rpc.call('submitblock', hex)).toBe('bad-cb-amount');
    expect(await rpc.call('submitblock', hex)).toBe('duplicate-invalid');
  });

  it('does not know what becomes of a block beside the tip', async () => {
    const first = await minedBlock();
    const second = withNonceThatWorks(templateBlock(await rpc.context.miner.template(Uint8Array.of(0x52))));
    expect(await rpc.call('submitblock', toHex(first.raw))).toBeNull();
    expect(await rpc.call('submitblock', toHex(second.raw))).toBe('inconclusive');
  });

  it('refuses what is no block', async () => {
    expect(await rpc.error('submitblock', 'ff')).toBe('-22: Block decode failed');
    const block = templateBlock(await rpc.context.miner.template(Uint8Array.of(0x51)));
    expect(await rpc.error('submitblock', toHex(Block.from(block.header, []).raw))).toBe(
      '-22: Block does not start with a coinbase',
    );
  });

  it('takes headers on top of known ones', async () => {
    const block = await minedBlock();
    expect(await rpc.call('submitheader', toHex(block.header.raw))).toBeNull();
    expect(
      (await rpc.call('getchaintips')).some((tip: { status: string }) => tip.status === 'headers-only'),
    ).toBe(true);
    expect(await rpc.error('submitheader', 'xx'.repeat(80))).toBe('-22: Block header decode failed');
    expect(await rpc.error('submitheader', 'ff'.repeat(78))).toBe('-22: Block header decode failed');
    expect(await rpc.error('submitheader', '00'.repeat(80))).toBe(
      `-25: Must submit previous header (${'00'.repeat(32)}) first`,
    );
  });
});

function withNonceThatWorks(block: Block): Block {
  for (let nonce = 0; ; nonce++) {
    const candidate = withNonce(block, nonce);
    if (((candidate.hash[31] as number) & 0x80) === 0) return candidate;
  }
}

describe('getmininginfo and getnetworkhashps', () => {
  it('tell of chain and mempool', async () => {
    const info = await rpc.call('getmininginfo');
    expect(info).toMatchObject({ chain: 'regtest', pooledtx: 0, currentblocktx: 0, warnings: [] });
    expect(info.blocks).toBe(await rpc.call('getblockcount'));
  });

  it('count two hashes for each block of regtest', async () => {
    for (let i = 0; i < 4; i++) {
      rpc.node.pass(1000);
      await rpc.call('generatetoaddress', 1, OPEN_ADDRESS);
    }
    expect(await rpc.call('getnetworkhashps', 3)).toBeCloseTo(2 / 1000, 10);
    expect(await rpc.call('getnetworkhashps', 120, 0)).toBe(0);
    expect(await rpc.error('getnetworkhashps', 0)).toBe(
      '-8: Invalid nblocks. Must be a positive number or -1.',
    );
    expect(await rpc.error('getnetworkhashps', -2)).toMatch(/^-8: /);
    expect(await rpc.error('getnetworkhashps', 1, 100_000)).toBe(
      '-8: Block does not exist at specified height',
    );
  });
});

describe('continuous mining', () => {
  it('starts, tells what it has come to, and stops', async () => {
    const height = await rpc.call('getblockcount');
    expect(await rpc.error('startmining', 'nobody')).toBe('-5: Error: Invalid address');
    expect(await rpc.error('startmining', OPEN_ADDRESS, 0)).toBe('-8: hashrate must be greater than 0');
    await rpc.call('startmining', OPEN_ADDRESS);
    await rpc.call('waitforblockheight', height + 2);
    expect((await rpc.call('getminingstatus')).running).toBe(true);
    await rpc.call('stopmining');
    const status = await rpc.call('getminingstatus');
    expect(status.running).toBe(false);
    expect(status.blocks).toBeGreaterThanOrEqual(2);
  });
});

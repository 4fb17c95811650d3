import { beforeEach, describe, expect, it } from 'vitest';
import { blockScriptFlags } from '../../../src/consensus/block-flags.js';
import { hash160, sha256 } from '../../../src/crypto/hash.js';
import { EMPTY_BYTES, hashToHex } from '../../../src/primitives/bytes.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { pushData } from '../../../src/script/build.js';
import { type ScriptFlags, STANDARD_SCRIPT_FLAGS } from '../../../src/script/flags.js';
import { Op } from '../../../src/script/opcodes.js';
import { multisig, nullData, p2pkh, p2sh, p2wsh, witnessProgram } from '../../../src/script/templates.js';
import {
  coinOf,
  enter,
  type Fixture,
  fixture,
  OPEN_SCRIPT,
  OPEN_WITNESS,
  spend,
} from '../../support/mempool-fixture.js';
import { coinbase, input, output, transaction } from '../../support/transactions.js';

let f: Fixture;

beforeEach(async () => {
  f = await fixture();
});

/** A transaction that is fine but for the outputs given. */
function paying(...outputs: ReturnType<typeof output>[]) {
  const paid = outputs.reduce((sum, { value }) => sum + value, 0);
  return spend([f.chain.fund()], { fee: 1000 + paid, extraOutputs: outputs });
}

describe('a transaction that is fine', () => {
  it('is taken in, announced and found', async () => {
    const announced: number[] = [];
    f.pool.events.on('added', (_, sequence) => announced.push(sequence));
    const tx = spend([f.chain.fund()]);
    const result = await f.accept(tx);
    expect(result).toMatchObject({ accepted: true, replaced: [] });
    expect(f.pool.get(tx.txidKey)).toMatchObject({ fee: 1000, vsize: tx.vsize, height: 200, sequence: 1 });
    expect(announced).toEqual([1]);
    expect(f.pool.sequence).toBe(2);
    expect(f.pool.info()).toMatchObject({ count: 1, bytes: tx.vsize, totalFee: 1000, minFeeRate: 1000 });
  });

  it('changes nothing when it is only tested', async () => {
    const tx = spend([f.chain.fund()]);
    expect(await f.accept(tx, { testOnly: true })).toMatchObject({ accepted: true });
    expect(f.pool.size).toBe(0);
    expect(f.pool.sequence).toBe(1);
  });

  it('is refused, after all that could be wrong with it, when it pays more than the sender wants to', async () => {
    const coin = f.chain.fund();
    const tx = spend([coin], { fee: 5000 });
    const rejection = { result: 'mempool-policy', reason: 'max-fee-exceeded', debug: '0.00005' };
    expect(await f.accept(tx, { maxFee: 4999 })).toMatchObject({ accepted: false, rejection });
    expect(f.pool.size).toBe(0);
    const badScript = spend([coin], { fee: 5000, changeInputs: { witness: [] } });
    const bad = await f.accept(badScript, { maxFee: 4999 });
    expect(bad.accepted || bad.rejection.reason).not.toBe('max-fee-exceeded');
    expect(await f.accept(tx, { maxFee: 5000 })).toMatchObject({ accepted: true });
  });

  it('leaves a coin that others see as spent, and makes new ones', async () => {
    const coin = f.chain.fund();
    expect(f.pool.coin(coin)?.value).toBe(coin.value);
    const tx = await enter(f, spend([coin]));
    expect(f.pool.coin(coin)).toBeUndefined();
    expect(f.pool.coin(coinOf(tx))?.value).toBe(999_000);
  });
});

describe('form', () => {
  it.each([
    ['bad-txns-vin-empty', () => transaction({ inputs: [] })],
    ['bad-txns-vout-empty', () => transaction({ outputs: [] })],
    ['coinbase', () => coinbase()],
    ['version', () => spend([f.chain.fund()], { version: 4 })],
    ['version', () => spend([f.chain.fund()], { version: -1 })],
    ['tx-size', () => spend(Array.from({ length: 2500 }, () => f.chain.fund()))],
    ['scriptsig-size', () => spend([f.chain.fund()], { changeInputs: { scriptSig: new Uint8Array(1651) } })],
    [
      'scriptsig-not-pushonly',
      () => spend([f.chain.fund()], { changeInputs: { scriptSig: Uint8Array.of(Op.OP_NOP) } }),
    ],
    ['scriptpubkey', () => paying(output(1000, Uint8Array.of(Op.OP_NOP)))],
    ['scriptpubkey', () => paying(output(0, nullData(new Uint8Array(81))))],
    ['dust', () => paying(output(329, OPEN_SCRIPT))],
    ['multi-op-return', () => paying(output(0, nullData(EMPTY_BYTES)), output(0, nullData(EMPTY_BYTES)))],
    ['tx-size-small', () => transaction({ inputs: [input()], outputs: [output(0, nullData(EMPTY_BYTES))] })],
    ['non-final', () => spend([f.chain.fund()], { lockTime: 201, sequence: 0 })],
  ])('%s', async (reason, make) => {
    expect(await f.refusal(make())).toBe(reason);
  });

  it('lock time of the next block is fine', async () => {
    expect(await f.refusal(spend([f.chain.fund()], { lockTime: 200, sequence: 0 }))).toBeUndefined();
  });

  it('multisig outputs of more than three keys are scriptpubkey, others pass', async () => {
    const keys = Array.from({ length: 4 }, (_, i) => Uint8Array.of(2, ...new Uint8Array(32).fill(i + 1)));
    expect(await f.refusal(paying(output(10_000, multisig(1, keys))))).toBe('scriptpubkey');
    expect(await f.refusal(paying(output(10_000, multisig(1, keys.slice(1)))))).toBeUndefined();
  });

  it('bare-multisig where it is not permitted', async () => {
    f = await fixture({ permitBareMultisig: false });
    const key = Uint8Array.of(2, ...new Uint8Array(32).fill(7));
    expect(await f.refusal(paying(output(10_000, multisig(1, [key]))))).toBe('bare-multisig');
  });

  it('no data carrier where none is allowed, a bigger one where it is', async () => {
    f = await fixture({ maxDataCarrierBytes: undefined });
    expect(await f.refusal(paying(output(0, nullData(EMPTY_BYTES))))).toBe('scriptpubkey');
    f = await fixture({ maxDataCarrierBytes: 200 });
    expect(await f.refusal(paying(output(0, nullData(new Uint8Array(150)))))).toBeUndefined();
  });

  it('is not asked for with -acceptnonstdtxn', async () => {
    f = await fixture({ requireStandard: false });
    expect(await f.refusal(paying(output(1, Uint8Array.of(Op.OP_NOP))))).toBeUndefined();
  });
});

describe('what is known', () => {
  it('txn-already-in-mempool', async () => {
    const tx = await enter(f, spend([f.chain.fund()]));
    expect(await f.refusal(tx)).toBe('txn-already-in-mempool');
  });

  it('txn-same-nonwitness-data-in-mempool', async () => {
    const coin = f.chain.fund();
    await enter(f, spend([coin]));
    const other = spend([coin], { changeInputs: { witness: [Uint8Array.of(1), OPEN_WITNESS] } });
    expect(await f.refusal(other)).toBe('txn-same-nonwitness-data-in-mempool');
  });

  it('txn-already-known when its outputs are unspent in the chain', async () => {
    const tx = await enter(f, spend([f.chain.fund()]));
    f.chain.mine([tx]);
    expect(await f.refusal(tx)).toBe('txn-already-known');
  });

  it('txn-mempool-conflict where only signalling transactions may be replaced', async () => {
    f = await fixture({ fullRbf: false });
    const coin = f.chain.fund();
    await enter(f, spend([coin]));
    expect(await f.refusal(spend([coin], { fee: 5000 }))).toBe('txn-mempool-conflict');
  });
});

describe('inputs', () => {
  it('bad-txns-inputs-missingorspent, of the chain or of the mempool', async () => {
    const tx = spend([f.chain.fund()]);
    expect(await f.accept(spend([coinOf(tx)]))).toMatchObject({
      rejection: { result: 'missing-inputs', reason: 'bad-txns-inputs-missingorspent' },
    });
    await enter(f, tx);
    const beyond = { txid: tx.txid, vout: 1, value: 5000 };
    expect(await f.refusal(spend([beyond]))).toBe('bad-txns-inputs-missingorspent');
  });

  it('non-BIP68-final', async () => {
    const young = f.chain.fund(1_000_000, { height: 200 });
    expect(await f.refusal(spend([young], { sequence: 2 }))).toBe('non-BIP68-final');
    expect(await f.refusal(spend([young], { sequence: 1 }))).toBeUndefined();
    const parent = await enter(f, spend([f.chain.fund()]));
    expect(await f.refusal(spend([coinOf(parent)], { sequence: 1 }))).toBe('non-BIP68-final');
  });

  it('bad-txns-premature-spend-of-coinbase', async () => {
    const tooYoung = f.chain.fund(1_000_000, { height: 102, coinbase: true });
    expect(await f.accept(spend([tooYoung]))).toMatchObject({
      rejection: {
        result: 'premature-spend',
        reason: 'bad-txns-premature-spend-of-coinbase',
        debug: 'tried to spend coinbase at depth 99',
      },
    });
    const mature = f.chain.fund(1_000_000, { height: 101, coinbase: true });
    expect(await f.refusal(spend([mature]))).toBeUndefined();
  });

  it('bad-txns-in-belowout', async () => {
    expect(await f.refusal(spend([f.chain.fund()], { fee: -1 }))).toBe('bad-txns-in-belowout');
  });

  it('bad-txns-nonstandard-inputs: unknown templates, redeem scripts with many signatures', async () => {
    const odd = f.chain.fund(1_000_000, { script: Uint8Array.of(Op.OP_1) });
    expect(await f.refusal(spend([odd]))).toBe('bad-txns-nonstandard-inputs');
    const future = f.chain.fund(1_000_000, { script: witnessProgram(2, new Uint8Array(32)) });
    expect(await f.refusal(spend([future]))).toBe('bad-txns-nonstandard-inputs');
    const redeem = Uint8Array.from([Op.OP_1, ...new Array(16).fill(Op.OP_CHECKSIG)]);
    const many = f.chain.fund(1_000_000, { script: p2sh(hash160(redeem)) });
    const scriptSig = pushData(redeem);
    expect(await f.refusal(spend([many], { changeInputs: { scriptSig, witness: [] } }))).toBe(
      'bad-txns-nonstandard-inputs',
    );
  });

  it.each([
    ['a witness where none is needed', p2pkh(new Uint8Array(20)), [OPEN_WITNESS]],
    ['an item of 81 bytes', OPEN_SCRIPT, [new Uint8Array(81), OPEN_WITNESS]],
    ['101 items', OPEN_SCRIPT, [...new Array(101).fill(EMPTY_BYTES), OPEN_WITNESS]],
    ['a script of 3601 bytes', OPEN_SCRIPT, [new Uint8Array(3601)]],
    ['an annex', witnessProgram(1, new Uint8Array(32)), [EMPTY_BYTES, Uint8Array.of(0x50)]],
    [
      'a long item for tapscript',
      witnessProgram(1, new Uint8Array(32)),
      [new Uint8Array(81), OPEN_WITNESS, Uint8Array.of(0xc0)],
    ],
    ['anything at an anchor', Uint8Array.of(Op.OP_1, 2, 0x4e, 0x73), [EMPTY_BYTES]],
  ])('bad-witness-nonstandard: %s', async (_, script, witness) => {
    const coin = f.chain.fund(1_000_000, { script });
    const tx = spend([coin], { changeInputs: { witness } });
    expect(await f.accept(tx)).toMatchObject({
      rejection: { result: 'witness-mutated', reason: 'bad-witness-nonstandard' },
    });
  });

  it('bad-txns-too-many-sigops, with the cost', async () => {
    f = await fixture({ requireStandard: false });
    const script = new Uint8Array(201).fill(Op.OP_CHECKMULTISIG);
    const tx = paying(output(0, script));
    expect(await f.accept(tx)).toMatchObject({
      rejection: { reason: 'bad-txns-too-many-sigops', debug: `${201 * 20 * 4}` },
    });
  });
});

describe('fees', () => {
  it('min relay fee not met, with both fees', async () => {
    const tx = spend([f.chain.fund()], { fee: 10 });
    expect(await f.accept(tx)).toMatchObject({
      rejection: { result: 'mempool-policy', reason: 'min relay fee not met', debug: `10 < ${tx.vsize}` },
    });
  });

  it('passes over the fee with bypassLimits, and with a delta', async () => {
    const tx = spend([f.chain.fund()], { fee: 0 });
    expect(await f.refusal(tx)).toBe('min relay fee not met');
    f.pool.prioritise(tx.txid, 1000);
    expect(await f.refusal(tx)).toBeUndefined();
    expect(f.pool.get(tx.txidKey)).toMatchObject({ fee: 0, modifiedFee: 1000 });
    expect(await f.refusal(spend([f.chain.fund()], { fee: 0 }), { bypassLimits: true })).toBeUndefined();
  });

  it('signature operations make a transaction larger', async () => {
    const keys = [1, 2, 3].map(i => Uint8Array.of(2, ...new Uint8Array(32).fill(i)));
    const tx = paying(output(10_000, multisig(1, keys)), output(10_000, multisig(2, keys)));
    await enter(f, tx);
    expect(f.pool.get(tx.txidKey)?.vsize).toBe((2 * 20 * 4 * 20) / 4);
  });
});

describe('chains of unconfirmed transactions', () => {
  async function chainOf(count: number, first = spend([f.chain.fund()])) {
    const txs = [await enter(f, first)];
    while (txs.length < count) {
      const last = txs.at(-1);
      if (last !== undefined) txs.push(await enter(f, spend([coinOf(last)])));
    }
    return txs;
  }

  it('too-long-mempool-chain after 25', async () => {
    const txs = await chainOf(25);
    const last = txs.at(-1);
    if (last === undefined) throw new Error('no chain');
    expect(await f.accept(spend([coinOf(last)]))).toMatchObject({
      rejection: {
        reason: 'too-long-mempool-chain',
        debug: 'too many unconfirmed ancestors [limit: 25]',
      },
    });
  });

  it('the carve-out lets one more small child of a transaction without parents in', async () => {
    const first = spend([f.chain.fund()], { outputs: 3 });
    await chainOf(25, first);
    const extra = await enter(f, spend([coinOf(first, 1)]));
    expect(f.pool.get(first.txidKey)?.descendantCount).toBe(26);
    expect(await f.accept(spend([coinOf(first, 2)]))).toMatchObject({
      rejection: { debug: `too many descendants for tx ${hashToHex(first.txid)} [limit: 25]` },
    });
    expect(await f.refusal(spend([coinOf(extra)]))).toBe('too-long-mempool-chain');
  });

  it('limits are options', async () => {
    const limits = { ancestorCount: 2, ancestorSize: 101_000, descendantCount: 2, descendantSize: 101_000 };
    f = await fixture({ limits });
    const first = spend([f.chain.fund()]);
    const [, second] = await chainOf(2, first);
    if (second === undefined) throw new Error('no chain');
    expect(await f.refusal(spend([coinOf(second)]))).toBe('too-long-mempool-chain');
  });

  it('sizes are limited too', async () => {
    const limits = { ancestorCount: 25, ancestorSize: 150, descendantCount: 25, descendantSize: 5000 };
    f = await fixture({ limits });
    const first = await enter(f, spend([f.chain.fund()]));
    expect(await f.accept(spend([coinOf(first)]))).toMatchObject({
      rejection: { debug: 'exceeds ancestor size limit [limit: 150]' },
    });
  });
});

describe('scripts', () => {
  const failing = Uint8Array.of(Op.OP_0);

  it('mandatory-script-verify-flag-failed', async () => {
    const coin = f.chain.fund(1_000_000, { script: p2wsh(sha256(failing)) });
    expect(await f.accept(spend([coin], { changeInputs: { witness: [failing] } }))).toMatchObject({
      rejection: {
        result: 'consensus',
        reason:
          'mandatory-script-verify-flag-failed (Script evaluated without error but finished with a false/empty top stack element)',
      },
    });
  });

  it('non-mandatory-script-verify-flag', async () => {
    const script = Uint8Array.of(Op.OP_NOP10, Op.OP_1);
    const coin = f.chain.fund(1_000_000, { script: p2wsh(sha256(script)) });
    expect(await f.accept(spend([coin], { changeInputs: { witness: [script] } }))).toMatchObject({
      rejection: {
        result: 'not-standard',
        reason: 'non-mandatory-script-verify-flag (NOPx reserved for soft-fork upgrades)',
      },
    });
  });

  it('that pass are remembered under the flags of blocks', async () => {
    const tx = spend([f.chain.fund()]);
    const hash = f.chain.headers.hash(f.chain.tip);
    const flags = blockScriptFlags(f.chain.height, hash, f.chain.params.consensus);
    expect(f.executionCache.has(tx, flags)).toBe(false);
    await enter(f, tx);
    expect(f.executionCache.has(tx, flags)).toBe(true);
    expect(f.executionCache.has(tx, STANDARD_SCRIPT_FLAGS)).toBe(false);
  });

  describe('with a memory of those that pass under the flags of relay', () => {
    const known = new Set<Transaction>();
    const policyCache = {
      has: (tx: Transaction, flags: ScriptFlags) => flags === STANDARD_SCRIPT_FLAGS && known.has(tx),
      add: (tx: Transaction, flags: ScriptFlags) => {
        if (flags === STANDARD_SCRIPT_FLAGS) known.add(tx);
      },
    };
    /** Only relay refuses it. */
    const script = Uint8Array.of(Op.OP_NOP10, Op.OP_1);
    const unusual = { changeInputs: { witness: [script] } };

    beforeEach(async () => {
      known.clear();
      f = await fixture({}, { policyCache });
    });

    it('are remembered when they do, and only then', async () => {
      const tx = await enter(f, spend([f.chain.fund()]));
      const refused = spend([f.chain.fund(1_000_000, { script: p2wsh(sha256(script)) })], unusual);
      expect((await f.accept(refused)).accepted).toBe(false);
      expect([...known]).toEqual([tx]);
    });

    it('are not run under these again', async () => {
      const tx = spend([f.chain.fund(1_000_000, { script: p2wsh(sha256(script)) })], unusual);
      known.add(tx);
      expect((await f.accept(tx)).accepted).toBe(true);
    });
  });

  it('a missing witness is told apart: the transaction may be fine', async () => {
    const tx = spend([f.chain.fund()], { changeInputs: { witness: [] } });
    expect(await f.accept(tx)).toMatchObject({ rejection: { result: 'witness-stripped' } });
  });
});

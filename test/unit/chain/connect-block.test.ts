import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import { chainParams } from '../../../src/consensus/networks.js';
import type { Block } from '../../../src/primitives/block.js';
import { concatBytes } from '../../../src/primitives/bytes.js';
import type { OutPoint } from '../../../src/primitives/outpoint.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import {
  ANYONE_CAN_SPEND,
  type BlockTemplate,
  buildBlock,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  NOBODY_CAN_SPEND,
  REGTEST,
  submit,
  testChain,
} from '../../support/chain-builder.js';

const { genesis } = REGTEST;
const BASE_HEIGHT = 110;
const CHECKS = { checkPow: true, checkMerkle: true };

/** What the chain says of a block on top of the base, which stays as it is. */
describe('rules of a block that need coins', () => {
  let chain: BlockChain;
  let base: Block[];

  beforeAll(async () => {
    ({ chain } = testChain());
    await chain.start();
    base = buildEmptyBlocks(genesis, 0, BASE_HEIGHT);
    await submit(chain, base);
  });

  afterAll(() => chain.stop());

  const coin = (height: number): OutPoint => coinbaseOutPoint(base[height - 1] as Block);
  const pay = (value: number, script = ANYONE_CAN_SPEND) => [{ value, script }];
  const outputOf = (tx: Transaction, vout = 0): OutPoint => ({ txid: tx.txid, vout });

  const verdict = async (transactions: Transaction[], template: Partial<BlockTemplate> = {}) => {
    const prev = base[BASE_HEIGHT - 1] as Block;
    const block = buildBlock({ prev, height: BASE_HEIGHT + 1, transactions, ...template });
    return (await chain.testBlock(block, CHECKS))?.reason;
  };

  it('lets a coinbase be spent after a hundred blocks', async () => {
    expect(await verdict([buildSpend([coin(11)], pay(50e8))])).toBeUndefined();
    expect(await verdict([buildSpend([coin(12)], pay(50e8))])).toBe('bad-txns-premature-spend-of-coinbase');
  });

  it('lets an output be spent in the block that made it, after it was made', async () => {
    const first = buildSpend([coin(1)], pay(50e8));
    const second = buildSpend([outputOf(first)], pay(49e8));
    expect(await verdict([first, second])).toBeUndefined();
    expect(await verdict([second, first])).toBe('bad-txns-inputs-missingorspent');
  });

  it('lets an output be spent once', async () => {
    const first = buildSpend([coin(1)], pay(50e8));
    const again = buildSpend([coin(1)], pay(40e8));
    expect(await verdict([first, again])).toBe('bad-txns-inputs-missingorspent');
    expect(await verdict([buildSpend([coin(1), coin(1)], pay(50e8))])).toBe('bad-txns-inputs-duplicate');
  });

  it('lets no money be made', async () => {
    expect(await verdict([buildSpend([coin(1)], pay(50e8 + 1))])).toBe('bad-txns-in-belowout');
    expect(await verdict([], { reward: 50e8 + 1 })).toBe('bad-cb-amount');
  });

  it('gives the fees to the coinbase, and the right to take less', async () => {
    const spend = buildSpend([coin(1)], pay(49e8));
    expect(await verdict([spend], { reward: 51e8 })).toBeUndefined();
    expect(await verdict([spend], { reward: 51e8 + 1 })).toBe('bad-cb-amount');
    expect(await verdict([spend], { reward: 1 })).toBeUndefined();
  });

  it('holds relative lock times (BIP68)', async () => {
    const parent = buildSpend([coin(1)], pay(50e8));
    const child = (sequence: number, version = 2) =>
      buildSpend([outputOf(parent)], pay(50e8), { sequence, version });
    expect(await verdict([parent, child(0)])).toBeUndefined();
    expect(await verdict([parent, child(1)])).toBe('bad-txns-nonfinal');
    expect(await verdict([parent, child(1, 1)])).toBeUndefined();
    expect(await verdict([buildSpend([coin(1)], pay(50e8), { sequence: BASE_HEIGHT })])).toBeUndefined();
    expect(await verdict([buildSpend([coin(1)], pay(50e8), { sequence: BASE_HEIGHT + 1 })])).toBe(
      'bad-txns-nonfinal',
    );
  });

  it('runs scripts', async () => {
    const parent = buildSpend([coin(1)], pay(50e8, NOBODY_CAN_SPEND));
    expect(await verdict([parent])).toBeUndefined();
    expect(await verdict([parent, buildSpend([outputOf(parent)], pay(50e8))])).toBe(
      'mandatory-script-verify-flag-failed (Script evaluated without error but finished with a false/empty top stack element)',
    );
  });

  it('reports the first broken rule in the order of transactions, scripts included', async () => {
    const parent = buildSpend([coin(1)], pay(50e8, NOBODY_CAN_SPEND));
    const badScript = buildSpend([outputOf(parent)], pay(50e8));
    const badInput = buildSpend([outputOf(badScript, 7)], pay(1));
    expect(await verdict([parent, badScript, badInput])).toMatch(/^mandatory-script-verify-flag-failed/);
    expect(await verdict([parent, badInput, badScript])).toBe('bad-txns-inputs-missingorspent');
    expect(await verdict([parent, badScript], { reward: 99e8 })).toMatch(
      /^mandatory-script-verify-flag-failed/,
    );
  });

  it('counts signature operations of the coins spent', async () => {
    // 15 CHECKMULTISIGs without a number before them count 20 each: 300, and four times that as legacy ones.
    const heavy = concatBytes(new Uint8Array(15).fill(0xae), Uint8Array.of(0x6a));
    const outputs = (count: number) => Array.from({ length: count }, () => ({ value: 0, script: heavy }));
    expect(await verdict([buildSpend([coin(1)], outputs(66))])).toBeUndefined();
    expect(await verdict([buildSpend([coin(1)], outputs(67))])).toBe('bad-blk-sigops');
  });

  it('lets no coinbase replace an unspent one (BIP30)', async () => {
    // Where BIP34 holds, the height in it keeps each coinbase apart from all others.
    const params = chainParams('regtest', { activationHeights: { bip34: 1000 } });
    const { chain: old } = testChain({ params });
    await old.start();
    const [first] = buildEmptyBlocks(genesis, 0, 1) as [Block];
    await submit(old, [first]);
    const again = buildBlock({ prev: first, height: 2, coinbase: first.transactions[0] as Transaction });
    expect((await old.testBlock(again, CHECKS))?.reason).toBe('bad-txns-BIP30');
    await old.stop();
  });

  it('keeps nothing of a block that was only tried', async () => {
    const before = chain.coins.get(coin(1));
    const spend = buildSpend([coin(1)], pay(50e8));
    expect(await verdict([spend])).toBeUndefined();
    expect(chain.coins.get(coin(1))).toEqual(before);
    expect(chain.coins.get({ txid: spend.txid, vout: 0 })).toBeUndefined();
    expect(chain.height).toBe(BASE_HEIGHT);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COIN } from '../../../src/primitives/amount.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { outPointKey } from '../../../src/primitives/outpoint.js';
import { OUTPUT_TYPES } from '../../../src/script/output-type.js';
import { balances } from '../../../src/wallet/balance.js';
import { commitTransaction } from '../../../src/wallet/broadcast.js';
import { createTransaction } from '../../../src/wallet/spend/create-transaction.js';
import { SpendFailure } from '../../../src/wallet/spend/failure.js';
import type { Wallet } from '../../../src/wallet/wallet.js';
import { makeWallet, newScript, seededRandom, setUpWallets, type WalletSetup } from '../../support/wallet.js';
import { FOREIGN_SCRIPT, type TestWalletChain } from '../../support/wallet-chain.js';

type Step =
  | { readonly do: 'receive'; readonly type: number; readonly value: number }
  | { readonly do: 'spend'; readonly share: number; readonly subtractFee: boolean }
  | { readonly do: 'spendToSelf'; readonly type: number }
  | { readonly do: 'mine'; readonly count: number; readonly toWallet: boolean }
  | { readonly do: 'reorg'; readonly depth: number }
  | { readonly do: 'loseForeign' }
  | { readonly do: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('receive' as const),
      type: fc.nat(3),
      value: fc.integer({ min: 1000, max: 5 * COIN }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('spend' as const),
      share: fc.integer({ min: 1, max: 110 }),
      subtractFee: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('spendToSelf' as const), type: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('mine' as const),
      count: fc.integer({ min: 1, max: 3 }),
      toWallet: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('reorg' as const), depth: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'loseForeign' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
);

/** Plays steps on a wallet and knows, from the chain alone, what the wallet should have. */
class Player {
  /** Scripts that the wallet has or had as addresses or change, by hex. */
  private readonly own = new Set<string>();
  private readonly random = seededRandom();

  constructor(
    private setup: WalletSetup,
    private wallet: Wallet,
  ) {}

  private get chain(): TestWalletChain {
    return this.setup.chain;
  }

  private async script(type: number): Promise<Uint8Array> {
    const script = await newScript(this.wallet, OUTPUT_TYPES[type] ?? 'bech32');
    this.own.add(toHex(script));
    return script;
  }

  async play(what: Step): Promise<void> {
    switch (what.do) {
      case 'receive':
        this.chain.pay([{ script: await this.script(what.type), value: what.value }]);
        return;
      case 'spend':
        return this.spend(FOREIGN_SCRIPT, what.share, what.subtractFee);
      case 'spendToSelf':
        return this.spend(await this.script(what.type), 50, false);
      case 'mine':
        this.chain.mine(what.count, what.toWallet ? await this.script(2) : FOREIGN_SCRIPT);
        return;
      case 'reorg':
        this.chain.disconnect(what.depth);
        this.chain.mine(what.depth + 1);
        return;
      case 'loseForeign':
        return this.loseForeign();
      case 'restart':
        return this.restart();
    }
  }

  private async spend(script: Uint8Array, share: number, subtractFee: boolean): Promise<void> {
    const amount = Math.floor((balances(this.wallet).trusted * share) / 100);
    if (amount < 1000) return;
    const created = createTransaction(
      this.wallet,
      [{ script, amount, subtractFee }],
      {},
      { random: this.random },
    );
    if (created instanceof SpendFailure) return;
    await commitTransaction(this.wallet, created.tx);
    expect(this.chain.feeOf(created.tx)).toBe(created.fee);
    const change = created.tx.outputs[created.changePosition ?? -1];
    if (change !== undefined) this.own.add(toHex(change.script));
  }

  /** A payment of others' goes out of the mempool for good, unless it was built on. */
  private loseForeign(): void {
    const foreign = [...this.chain.pool.values()].find(
      ({ tx }) => !this.wallet.ledger.get(tx.txid)?.fromMe && !this.chain.hasDescendantsInMempool(tx.txid),
    );
    if (foreign !== undefined) this.chain.evict(foreign.tx, 'expiry');
  }

  private async restart(): Promise<void> {
    await this.setup.manager.stop();
    const { chain, storage, clock } = this.setup;
    this.setup = await setUpWallets({ chain, storage, clock, load: ['w'] });
    const wallet = this.setup.manager.get('w');
    if (typeof wallet === 'string') throw new Error(wallet);
    this.wallet = wallet;
  }

  /** Every unspent output of chain and mempool that pays to a script of the wallet. */
  private expected(): number {
    const { chain } = this;
    const spent = new Set<string>();
    const found = new Map<string, number>();
    for (let height = 0; height <= chain.tip().height; height++) {
      const ref = chain.at(height);
      for (const tx of ref === undefined ? [] : chain.blockOf(ref).transactions) this.count(tx, spent, found);
    }
    for (const tx of chain.mempoolTransactions()) this.count(tx, spent, found);
    let sum = 0;
    for (const [key, value] of found) if (!spent.has(key)) sum += value;
    return sum;
  }

  private count(
    tx: ReturnType<TestWalletChain['blockOf']>['transactions'][number],
    spent: Set<string>,
    found: Map<string, number>,
  ): void {
    for (let i = 0; i < tx.inputCount; i++) spent.add(tx.prevoutKey(i));
    for (const [vout, { script, value }] of tx.outputs.entries()) {
      if (this.own.has(toHex(script))) found.set(outPointKey(tx.txid, vout), value);
    }
  }

  check(): void {
    const { trusted, untrustedPending, immature } = balances(this.wallet);
    expect(trusted + untrustedPending + immature).toBe(this.expected());
  }
}

describe('a random history of receiving, spending, mining, reorganising and restarting', () => {
  it('leaves the balance that the chain and the mempool say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async steps => {
        const setup = await setUpWallets();
        setup.chain.mine(140);
        const player = new Player(setup, await makeWallet(setup));
        for (const what of steps) {
          await player.play(what);
          player.check();
        }
      }),
      { numRuns: 25 },
    );
  });
});

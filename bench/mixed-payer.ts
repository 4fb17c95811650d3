import { EMPTY_BYTES, type Hash256 } from '../src/primitives/bytes.js';
import { SEQUENCE_FINAL, Transaction, type TxInput } from '../src/primitives/transaction.js';
import { defined } from '../src/runtime/errors.js';
import { PrecomputedTxData } from '../src/script/tx-data.js';
import { Account, type CoinKind, KIND_TURNS } from './coin-kinds.js';

/** Of a payment. There are more outputs, so that the coins become more from block to block. */
const INPUTS = 2;
const OUTPUTS = 4;

interface MixedCoin {
  readonly txid: Hash256;
  readonly vout: number;
  /** Satoshis. */
  readonly value: number;
  readonly kind: CoinKind;
  readonly account: Account;
}

/** Coins of all kinds, and payments that spend the oldest of them. The same calls give the same payments. */
export class MixedPayer {
  private coins: MixedCoin[] = [];
  private spent = 0;
  private made = 0;
  /** Signatures in all payments so far. */
  signatures = 0;

  /** Where coinbases are to pay to. */
  readonly rewardScript: Uint8Array;
  private readonly rewardKind = KIND_TURNS[0] as CoinKind;
  private readonly rewardAccount = Account.at(0);

  constructor() {
    this.rewardScript = this.rewardAccount.script(this.rewardKind);
  }

  /** Shares out the first output of a coinbase to {@link rewardScript}. @param fee satoshis */
  shareOut(coinbase: Transaction, outputs: number, fee: number): Transaction {
    const { value } = defined(coinbase.outputs[0], 'a reward');
    const [kind, account] = [this.rewardKind, this.rewardAccount];
    return this.pay([{ txid: coinbase.txid, vout: 0, value, kind, account }], outputs, fee);
  }

  /** Spends the oldest coins to more of equal value. @param fee satoshis */
  payment(fee: number): Transaction {
    const oldest = this.coins.slice(this.spent, this.spent + INPUTS);
    this.spent += oldest.length;
    if (this.spent > this.coins.length / 2) this.forgetSpent();
    return this.pay(oldest, OUTPUTS, fee);
  }

  private pay(coins: readonly MixedCoin[], count: number, fee: number): Transaction {
    const value = Math.floor((coins.reduce((sum, coin) => sum + coin.value, 0) - fee) / count);
    const owners = Array.from({ length: count }, () => this.nextOwner());
    const outputs = owners.map(({ kind, account }) => ({ value, script: account.script(kind) }));
    const tx = sign(coins, outputs);
    this.signatures += coins.reduce((sum, { kind }) => sum + kind.signatures, 0);
    for (const [vout, owner] of owners.entries()) this.coins.push({ txid: tx.txid, vout, value, ...owner });
    return tx;
  }

  private nextOwner(): Pick<MixedCoin, 'kind' | 'account'> {
    const turn = this.made++;
    return { kind: KIND_TURNS[turn % KIND_TURNS.length] as CoinKind, account: Account.at(turn) };
  }

  private forgetSpent(): void {
    this.coins = this.coins.slice(this.spent);
    this.spent = 0;
  }
}

function sign(coins: readonly MixedCoin[], outputs: Transaction['outputs']): Transaction {
  const inputs: TxInput[] = coins.map(({ txid, vout }) => ({
    prevout: { txid, vout },
    scriptSig: EMPTY_BYTES,
    sequence: SEQUENCE_FINAL,
    witness: [],
  }));
  const parts = { version: 2, inputs, outputs, lockTime: 0 };
  const spent = coins.map(({ value, kind, account }) => ({ value, script: account.script(kind) }));
  const data = new PrecomputedTxData(Transaction.from(parts), spent);
  const signed = inputs.map((input, index) => {
    const { kind, account } = coins[index] as MixedCoin;
    return { ...input, ...kind.unlock(account, data, index) };
  });
  return Transaction.from({ ...parts, inputs: signed });
}

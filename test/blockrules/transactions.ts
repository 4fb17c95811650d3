import { EMPTY_BYTES } from '../../src/primitives/bytes.js';
import type { OutPoint } from '../../src/primitives/outpoint.js';
import { Transaction, type TxInput, type TxOutput, type TxParts } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';
import { SEQUENCE_FINAL } from './constants.js';

/** OP_TRUE: anybody may spend it. */
export const OPEN_SCRIPT = Uint8Array.of(0x51);

/** An output that a transaction can spend, with what signatures need to know of it. */
export interface Spendable extends TxOutput {
  readonly outpoint: OutPoint;
}

/** What makes an input valid, or not. */
export interface Unlocked {
  readonly scriptSig?: Uint8Array;
  readonly witness?: readonly Uint8Array[];
}

/** Where an input stands when it is to be unlocked. */
export interface InputPlace {
  /** The transaction without scripts and witnesses of its inputs. */
  readonly tx: TxParts;
  readonly index: number;
  /** What each input spends. */
  readonly spent: readonly Spendable[];
}

export type Unlock = Unlocked | ((place: InputPlace) => Unlocked);

/** An input to be: an output that anybody may spend needs no more than the output itself. */
export interface InputPlan {
  readonly coin: Spendable;
  readonly sequence?: number;
  readonly unlock?: Unlock;
}

export interface TxOptions {
  readonly version?: number;
  readonly lockTime?: number;
}

/** Output `vout` of a transaction, to be spent. */
export function outputOf(tx: Transaction, vout = 0): Spendable {
  const output = defined(tx.outputs[vout], `output ${vout}`);
  return { ...output, outpoint: { txid: tx.txid, vout } };
}

/** An output that anybody may spend. */
export function open(value: number): TxOutput {
  return { value, script: OPEN_SCRIPT };
}

/** Builds a transaction and unlocks its inputs. Nothing is checked. */
export function spend(
  plans: readonly (InputPlan | Spendable)[],
  outputs: readonly TxOutput[],
  { version = 2, lockTime = 0 }: TxOptions = {},
): Transaction {
  const inputs = plans.map(plan => ('coin' in plan ? plan : { coin: plan }));
  const spent = inputs.map(({ coin }) => coin);
  const bare: TxParts = { version, lockTime, outputs, inputs: inputs.map(bareInput) };
  return Transaction.from({
    ...bare,
    inputs: inputs.map(({ unlock = {} }, index): TxInput => {
      const input = defined(bare.inputs[index], 'input');
      return { ...input, ...(typeof unlock === 'function' ? unlock({ tx: bare, index, spent }) : unlock) };
    }),
  });
}

function bareInput({ coin, sequence = SEQUENCE_FINAL }: InputPlan): TxInput {
  return { prevout: coin.outpoint, scriptSig: EMPTY_BYTES, sequence, witness: [] };
}

/** Spends a coin that anybody may spend, all of it, to outputs of `script` in equal parts. */
export function payTo(coin: Spendable, script: Uint8Array, outputs = 1): Transaction {
  const value = Math.floor(coin.value / outputs);
  return spend(
    [coin],
    Array.from({ length: outputs }, () => ({ value, script })),
  );
}

/** `count` transactions, the first of which spends `coin`, and each other one the output of the one before. */
export function spendChain(coin: Spendable, count: number): Transaction[] {
  const chain: Transaction[] = [];
  for (let left = coin; chain.length < count; ) {
    const tx = payTo(left, OPEN_SCRIPT);
    chain.push(tx);
    left = outputOf(tx);
  }
  return chain;
}

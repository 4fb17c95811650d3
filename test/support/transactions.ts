import { EMPTY_BYTES, ZERO_HASH } from '../../src/primitives/bytes.js';
import type { Coin } from '../../src/primitives/coin.js';
import { NULL_INDEX } from '../../src/primitives/outpoint.js';
import {
  SEQUENCE_FINAL,
  Transaction,
  type TxInput,
  type TxOutput,
} from '../../src/primitives/transaction.js';

/** An input that spends output 0 of a made-up transaction; `seed` tells inputs apart. */
export function input(changes: Partial<TxInput> = {}, seed = 1): TxInput {
  return {
    prevout: { txid: new Uint8Array(32).fill(seed), vout: 0 },
    scriptSig: EMPTY_BYTES,
    sequence: SEQUENCE_FINAL,
    witness: [],
    ...changes,
  };
}

export function output(value = 0, script: Uint8Array = Uint8Array.of(0x51)): TxOutput {
  return { value, script };
}

export interface TxChanges {
  readonly version?: number;
  readonly inputs?: readonly TxInput[];
  readonly outputs?: readonly TxOutput[];
  readonly lockTime?: number;
}

/** A transaction with one input and one output unless said otherwise. */
export function transaction(changes: TxChanges = {}): Transaction {
  return Transaction.from({ version: 2, inputs: [input()], outputs: [output()], lockTime: 0, ...changes });
}

/** A coinbase; its scriptSig is five bytes long unless given. */
export function coinbase(changes: TxChanges & { readonly scriptSig?: Uint8Array } = {}): Transaction {
  const { scriptSig = new Uint8Array(5), ...rest } = changes;
  return transaction({
    inputs: [input({ prevout: { txid: ZERO_HASH, vout: NULL_INDEX }, scriptSig })],
    ...rest,
  });
}

export function coin(changes: Partial<Coin> = {}): Coin {
  return { value: 0, script: Uint8Array.of(0x51), height: 1, coinbase: false, ...changes };
}

import type { OutPoint } from '../primitives/outpoint.js';
import type { TxParts } from '../primitives/transaction.js';
import { type SignedTransaction, signTransaction } from '../script/sign/sign-transaction.js';
import type { SpentOutput } from '../script/tx-data.js';
import type { Wallet } from './wallet.js';

/** Signs what the wallet has keys for; see `signTransaction` of the script room. */
export function signWithWallet(
  wallet: Wallet,
  parts: TxParts,
  coins: (outpoint: OutPoint) => SpentOutput | undefined,
  hashType: number,
): SignedTransaction {
  const scripts = parts.inputs
    .map(input => coins(input.prevout)?.script)
    .filter(script => script !== undefined);
  return signTransaction(parts, coins, wallet.keychain.signingProvider(scripts), hashType);
}

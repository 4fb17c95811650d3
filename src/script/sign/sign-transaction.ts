import { MAX_MONEY } from '../../primitives/amount.js';
import type { OutPoint } from '../../primitives/outpoint.js';
import { Transaction, type TxInput, type TxParts } from '../../primitives/transaction.js';
import { defined } from '../../runtime/errors.js';
import { TransactionChecker } from '../checker.js';
import { scriptErrorText } from '../error-text.js';
import type { ScriptErrorCode } from '../errors.js';
import { STANDARD_SCRIPT_FLAGS } from '../flags.js';
import { SigHash } from '../hash-type.js';
import { EMPTY_PROVIDER, type SigningProvider } from '../signing-provider.js';
import { PrecomputedTxData, type SpentOutput } from '../tx-data.js';
import { verifyScript } from '../verify.js';
import { extractSignatureData } from './extract.js';
import { produceSignature } from './produce.js';
import { TransactionSigner } from './signature-creator.js';
import type { SignatureData } from './signature-data.js';

export interface SignedInput {
  readonly scriptSig: Uint8Array;
  readonly witness: readonly Uint8Array[];
  readonly complete: boolean;
  /** What was used and what is missing, for PSBTs. */
  readonly data: SignatureData;
}

/**
 * Signs one input as far as possible.
 *
 * @param spent the output that the input spends
 * @param txdata of the same transaction, shared by its inputs; with all outputs spent if taproot is to be signed
 * @param existing signatures and scripts known so far; without it they are taken from the input itself
 */
export function signInput(
  tx: Transaction,
  inputIndex: number,
  spent: SpentOutput,
  provider: SigningProvider,
  hashType: number,
  txdata: PrecomputedTxData = new PrecomputedTxData(tx),
  existing?: SignatureData,
): SignedInput {
  const data = existing ?? extractSignatureData(tx, inputIndex, spent);
  // SINGLE without an output of the same index would sign the number 1: a signature good for anything.
  const isLooseSingle = (hashType & ~SigHash.ANYONECANPAY) === SigHash.SINGLE && inputIndex >= tx.outputCount;
  if (!isLooseSingle) {
    const signer = new TransactionSigner(tx, inputIndex, spent, txdata, hashType);
    produceSignature(provider, signer, spent.script, data);
  }
  return { scriptSig: data.scriptSig, witness: data.witness, complete: data.complete, data };
}

export interface SignedTransaction {
  readonly tx: Transaction;
  /** True when every input is complete. */
  readonly complete: boolean;
  /** By input index: why it is not complete, in Core's words. */
  readonly errors: ReadonlyMap<number, string>;
}

/**
 * Signs all inputs that can be signed and keeps what the others have.
 *
 * @param coins outputs spent, as far as known; undefined for one not found or already spent. A value of
 *   {@link MAX_MONEY} says that the amount is not known
 * @param hashType see `SigHash`
 */
export function signTransaction(
  parts: TxParts,
  coins: (outpoint: OutPoint) => SpentOutput | undefined,
  provider: SigningProvider,
  hashType: number,
): SignedTransaction {
  const unsigned = Transaction.from(parts);
  const spent = parts.inputs.map(input => coins(input.prevout));
  const known = spent.filter(output => output !== undefined);
  const txdata = new PrecomputedTxData(unsigned, known.length === spent.length ? known : undefined);
  const errors = new Map<number, string>();
  const inputs = parts.inputs.map((input, index): TxInput => {
    const output = spent[index];
    if (output === undefined) {
      errors.set(index, 'Input not found or already spent');
      return input;
    }
    const signed = signInput(unsigned, index, output, provider, hashType, txdata);
    const error = inputError(unsigned, index, output, signed, txdata);
    if (error !== undefined) errors.set(index, error);
    return { ...input, scriptSig: signed.scriptSig, witness: signed.witness };
  });
  // Named one by one: a Transaction's are getters, which spreading leaves out.
  const { version, outputs, lockTime } = parts;
  const tx = Transaction.from({ version, inputs, outputs, lockTime });
  return { tx, complete: errors.size === 0, errors };
}

function inputError(
  tx: Transaction,
  index: number,
  spent: SpentOutput,
  { scriptSig, witness, complete }: SignedInput,
  txdata: PrecomputedTxData,
): string | undefined {
  if (spent.value === MAX_MONEY && witness.length > 0) return 'Missing amount';
  if (complete) return undefined;
  const checker = new TransactionChecker(tx, index, spent.value, txdata);
  const outcome = verifyScript(scriptSig, spent.script, witness, STANDARD_SCRIPT_FLAGS, checker);
  return outcome === 'OK' ? undefined : signingErrorText(outcome);
}

/** The two outcomes that half-signed inputs mostly have are explained; the rest are the script's own. */
function signingErrorText(code: ScriptErrorCode): string {
  if (code === 'INVALID_STACK_OPERATION')
    return 'Unable to sign input, invalid stack size (possibly missing key)';
  if (code === 'NULLFAIL')
    return 'CHECK(MULTI)SIG failing with non-zero signature (possibly need more signatures)';
  return scriptErrorText(code);
}

/**
 * One input out of several copies of a transaction that were signed separately: signatures of all are put together.
 *
 * @param copies transactions that differ in scriptSigs and witnesses only; at least one
 */
export function combineInput(
  copies: readonly Transaction[],
  inputIndex: number,
  spent: SpentOutput,
): SignedInput {
  const tx = defined(copies[0], 'copy of a transaction to combine');
  const [data, ...others] = copies.map(copy => extractSignatureData(copy, inputIndex, spent));
  const merged = defined(data, 'signatures of the first copy');
  for (const other of others) merged.merge(other);
  return signInput(tx, inputIndex, spent, EMPTY_PROVIDER, SigHash.ALL, undefined, merged);
}

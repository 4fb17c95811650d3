import { hashFromHex } from '../../src/primitives/bytes.js';
import { DecodeError, Reader } from '../../src/primitives/codec.js';
import { type OutPointKey, outPointKey } from '../../src/primitives/outpoint.js';
import { Transaction } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';
import { TransactionChecker } from '../../src/script/checker.js';
import type { ScriptFlags } from '../../src/script/flags.js';
import { PrecomputedTxData } from '../../src/script/tx-data.js';
import { verifyScript } from '../../src/script/verify.js';
import { libraryVerdict } from './library-verdict.js';
import { parseScriptAsm } from './script-asm.js';
import { hasShared, readSharedJson } from './shared.js';

type Prevout = readonly [txid: string, vout: number, script: string, value?: number];
export type TxRow =
  | readonly [prevouts: readonly Prevout[], tx: string, flags: string]
  | readonly [comment: string];

/** A case of tx_valid.json or tx_invalid.json. */
export interface TxCase {
  readonly tx: Transaction;
  readonly flags: string;
  readonly text: string;
  /** The first code that is not OK among the inputs, or OK. */
  readonly verify: (flags: ScriptFlags) => string;
  /** The same, through the public entry. */
  readonly verifyPublicly: (flags: ScriptFlags) => string;
}

/** As Core reads a transaction from a text: with witnesses if that can be, else as one that has none. */
function parseTx(bytes: Uint8Array): Transaction {
  try {
    return Transaction.parse(bytes);
  } catch (thrown) {
    if (!(thrown instanceof DecodeError)) throw thrown;
    return Transaction.read(new Reader(bytes), false);
  }
}

/** Undefined for a comment. */
export function readTxCase(row: TxRow): TxCase | undefined {
  if (row.length < 3) return undefined;
  const [prevouts, hex, flags] = row as readonly [readonly Prevout[], string, string];
  const spent = new Map<OutPointKey, { value: number; script: Uint8Array }>();
  for (const [txid, vout, script, value] of prevouts) {
    const hash = hashFromHex(txid);
    if (hash === undefined) throw new Error(`not a txid: ${txid}`);
    spent.set(outPointKey(hash, vout >>> 0), { value: value ?? 0, script: parseScriptAsm(script) });
  }
  const tx = parseTx(Buffer.from(hex, 'hex'));
  const txdata = new PrecomputedTxData(tx);
  const verify = (scriptFlags: ScriptFlags): string => {
    for (const [index, input] of tx.inputs.entries()) {
      const output = spent.get(tx.prevoutKey(index));
      if (output === undefined) throw new Error(`prevout ${index} is missing`);
      const checker = new TransactionChecker(tx, index, output.value, txdata);
      const result = verifyScript(input.scriptSig, output.script, input.witness, scriptFlags, checker);
      if (result !== 'OK') return result;
    }
    return 'OK';
  };
  const verifyPublicly = (scriptFlags: ScriptFlags): string => {
    const prevouts = tx.inputs.map((_, index) => defined(spent.get(tx.prevoutKey(index)), 'prevout'));
    const codes = tx.inputs.map((_, index) => libraryVerdict(tx, index, prevouts, scriptFlags));
    return codes.find(code => code !== 'OK') ?? 'OK';
  };
  return { tx, flags, text: JSON.stringify(row), verify, verifyPublicly };
}

/** All cases of a file; none when it is not here. */
export function readTxCases(path: string): TxCase[] {
  if (!hasShared) return [];
  return readSharedJson<TxRow[]>(path)
    .map(readTxCase)
    .filter(test => test !== undefined);
}

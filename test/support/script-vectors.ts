import { curve } from '../../src/crypto/curve.js';
import { EMPTY_BYTES, toHex, ZERO_HASH } from '../../src/primitives/bytes.js';
import { NULL_INDEX } from '../../src/primitives/outpoint.js';
import { SEQUENCE_FINAL, Transaction, type TxOutput } from '../../src/primitives/transaction.js';
import { TransactionChecker } from '../../src/script/checker.js';
import type { ScriptErrorCode } from '../../src/script/errors.js';
import { ScriptFlag, type ScriptFlags } from '../../src/script/flags.js';
import { tapLeafHash, tapTweakHash } from '../../src/script/taproot-hash.js';
import { PrecomputedTxData } from '../../src/script/tx-data.js';
import { verifyScript } from '../../src/script/verify.js';
import { parseScriptAsm } from './script-asm.js';
import { fillScriptFlags, parseScriptFlags } from './script-flags.js';

/** Codes that later versions of Core give their own names. */
const LATER_CODES: Readonly<Record<string, ScriptErrorCode>> = {
  SCRIPTNUM: 'UNKNOWN_ERROR',
  TAPSCRIPT_EMPTY_PUBKEY: 'PUBKEYTYPE',
};

/** The point with no known private key of BIP341, internal key of the taproot cases. */
const NUMS_KEY = Buffer.from('50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0', 'hex');

/** A case of script_tests.json. */
export interface ScriptCase {
  readonly scriptSig: Uint8Array;
  readonly scriptPubKey: Uint8Array;
  readonly witness: Uint8Array[];
  readonly value: number;
  readonly flags: ScriptFlags;
  readonly expected: string;
  readonly text: string;
}

export type ScriptRow = readonly (string | readonly (string | number)[])[];

/** Undefined for a comment. */
export function readScriptCase(row: ScriptRow): ScriptCase | undefined {
  if (row.length < 4) return undefined;
  const withWitness = Array.isArray(row[0]);
  const [scriptSig, scriptPubKey, flags, expected] = row.slice(withWitness ? 1 : 0) as string[];
  const { witness, value, outputKey } = readWitness(withWitness ? (row[0] as (string | number)[]) : [0]);
  return {
    scriptSig: parseScriptAsm(scriptSig ?? ''),
    scriptPubKey: parseScriptAsm((scriptPubKey ?? '').replace('#TAPROOTOUTPUT#', `0x${outputKey}`)),
    witness,
    value,
    flags: parseScriptFlags(flags ?? ''),
    expected: LATER_CODES[expected ?? ''] ?? expected ?? '',
    text: JSON.stringify(row),
  };
}

/** Items in hex, a script to be put in a taproot tree of one leaf, and its control block; last the amount. */
function readWitness(items: readonly (string | number)[]) {
  const witness: Uint8Array[] = [];
  let controlBlock: Uint8Array = EMPTY_BYTES;
  let outputKey = '';
  for (const item of items.slice(0, -1) as string[]) {
    if (item.startsWith('#SCRIPT#')) {
      const script = parseScriptAsm(item.slice('#SCRIPT#'.length));
      const output = curve.tweakXOnly(NUMS_KEY, tapTweakHash(NUMS_KEY, tapLeafHash(0xc0, script)));
      if (output === undefined) throw new Error('no taproot output');
      controlBlock = Buffer.concat([Uint8Array.of(0xc0 | output.parity), NUMS_KEY]);
      outputKey = toHex(output.key);
      witness.push(script);
    } else if (item === '#CONTROLBLOCK#') witness.push(controlBlock);
    else witness.push(Buffer.from(item, 'hex'));
  }
  return { witness, value: Math.round(Number(items.at(-1)) * 1e8), outputKey };
}

/** A transaction that spends the only output of one that pays `value` to the script, and that output. */
export function spending({ scriptSig, scriptPubKey, witness, value }: ScriptCase): {
  readonly spend: Transaction;
  readonly prevouts: readonly TxOutput[];
} {
  const credit = Transaction.from({
    version: 1,
    inputs: [
      {
        prevout: { txid: ZERO_HASH, vout: NULL_INDEX },
        scriptSig: Uint8Array.of(0, 0),
        sequence: SEQUENCE_FINAL,
        witness: [],
      },
    ],
    outputs: [{ value, script: scriptPubKey }],
    lockTime: 0,
  });
  const spend = Transaction.from({
    version: 1,
    inputs: [{ prevout: { txid: credit.txid, vout: 0 }, scriptSig, sequence: SEQUENCE_FINAL, witness }],
    outputs: [{ value, script: EMPTY_BYTES }],
    lockTime: 0,
  });
  return { spend, prevouts: credit.outputs };
}

export function spendingChecker(test: ScriptCase): TransactionChecker {
  const { spend, prevouts } = spending(test);
  return new TransactionChecker(spend, 0, test.value, new PrecomputedTxData(spend, prevouts));
}

/** A case's own flags, with those that CLEANSTACK needs. */
export function flagsToRun({ flags }: ScriptCase): ScriptFlags {
  return (flags & ScriptFlag.CLEANSTACK) !== 0 ? fillScriptFlags(flags) : flags;
}

/** What comes of a case under those. */
export function runScriptCase(test: ScriptCase): ScriptErrorCode {
  const { scriptSig, scriptPubKey, witness } = test;
  return verifyScript(scriptSig, scriptPubKey, witness, flagsToRun(test), spendingChecker(test));
}

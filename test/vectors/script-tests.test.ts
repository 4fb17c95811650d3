import { describe, expect, it } from 'vitest';
import { curve } from '../../src/crypto/curve.js';
import { EMPTY_BYTES, toHex, ZERO_HASH } from '../../src/primitives/bytes.js';
import { NULL_INDEX } from '../../src/primitives/outpoint.js';
import { SEQUENCE_FINAL, Transaction } from '../../src/primitives/transaction.js';
import { TransactionChecker } from '../../src/script/checker.js';
import type { ScriptErrorCode } from '../../src/script/errors.js';
import { ScriptFlag, type ScriptFlags } from '../../src/script/flags.js';
import { tapLeafHash, tapTweakHash } from '../../src/script/taproot-hash.js';
import { PrecomputedTxData } from '../../src/script/tx-data.js';
import { verifyScript } from '../../src/script/verify.js';
import { libraryVerdict } from '../support/library-verdict.js';
import { parseScriptAsm } from '../support/script-asm.js';
import {
  fillScriptFlags,
  parseScriptFlags,
  randomFlagSource,
  trimScriptFlags,
} from '../support/script-flags.js';
import { hasShared, readSharedJson } from '../support/shared.js';

/** Cases in the file; one that is not run is a failure. */
const CASES = 1233;

/** Cases of an IF on an empty stack, for which the file has the code of versions of Core after 28. */
const EMPTY_IF_CASES = 12;

/** Codes that later versions of Core give their own names. */
const LATER_CODES: Readonly<Record<string, ScriptErrorCode>> = {
  SCRIPTNUM: 'UNKNOWN_ERROR',
  TAPSCRIPT_EMPTY_PUBKEY: 'PUBKEYTYPE',
};

/** The point with no known private key of BIP341, internal key of the taproot cases. */
const NUMS_KEY = Buffer.from('50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0', 'hex');

interface Case {
  readonly scriptSig: Uint8Array;
  readonly scriptPubKey: Uint8Array;
  readonly witness: Uint8Array[];
  readonly value: number;
  readonly flags: ScriptFlags;
  readonly expected: string;
  readonly text: string;
}

type Row = readonly (string | readonly (string | number)[])[];

function readCase(row: Row): Case | undefined {
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
function spending({ scriptSig, scriptPubKey, witness, value }: Case) {
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

function spendingChecker(test: Case): TransactionChecker {
  const { spend, prevouts } = spending(test);
  return new TransactionChecker(spend, 0, test.value, new PrecomputedTxData(spend, prevouts));
}

describe.skipIf(!hasShared)('script_tests.json', () => {
  const cases = hasShared
    ? readSharedJson<Row[]>('vectors/core/script_tests.json')
        .map(readCase)
        .filter(test => test !== undefined)
    : [];

  it(`gives the expected code in all ${CASES} cases`, () => {
    let emptyIfs = 0;
    for (const test of cases) {
      const needsFill = (test.flags & ScriptFlag.CLEANSTACK) !== 0;
      const flags = needsFill ? fillScriptFlags(test.flags) : test.flags;
      const { scriptSig, scriptPubKey, witness } = test;
      const result = verifyScript(scriptSig, scriptPubKey, witness, flags, spendingChecker(test));
      if (test.expected === 'INVALID_STACK_OPERATION' && result === 'UNBALANCED_CONDITIONAL') emptyIfs++;
      else expect(result, test.text).toBe(test.expected);
    }
    expect(emptyIfs).toBe(EMPTY_IF_CASES);
    expect(cases).toHaveLength(CASES);
    console.log(`script_tests.json: ${cases.length} cases`);
  });

  it('gives the same codes through the library', () => {
    for (const test of cases) {
      const needsFill = (test.flags & ScriptFlag.CLEANSTACK) !== 0;
      const flags = needsFill ? fillScriptFlags(test.flags) : test.flags;
      const { scriptSig, scriptPubKey, witness } = test;
      const code = verifyScript(scriptSig, scriptPubKey, witness, flags, spendingChecker(test));
      const { spend, prevouts } = spending(test);
      expect(libraryVerdict(spend, 0, prevouts, flags), test.text).toBe(code);
    }
  });

  it('stays valid with fewer flags, and invalid with more', () => {
    const randomFlags = randomFlagSource(0x5eed);
    for (const test of cases) {
      const { scriptSig, scriptPubKey, witness } = test;
      const checker = spendingChecker(test);
      const valid = test.expected === 'OK';
      for (let i = 0; i < 8; i++) {
        const extra = randomFlags();
        const flags = valid
          ? trimScriptFlags(test.flags & ~extra)
          : fillScriptFlags(test.flags | (extra & 0xffff));
        const result = verifyScript(scriptSig, scriptPubKey, witness, flags, checker);
        expect(result === 'OK', `${test.text} with flags ${flags.toString(16)}: ${result}`).toBe(valid);
      }
    }
  });
});

import { describe, expect, it } from 'vitest';
import { checkTransaction } from '../../src/consensus/tx-check.js';
import * as publicly from '../../src/library/index.js';
import { hashFromHex } from '../../src/primitives/bytes.js';
import { type OutPointKey, outPointKey } from '../../src/primitives/outpoint.js';
import { Transaction } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';
import { TransactionChecker } from '../../src/script/checker.js';
import { SCRIPT_FLAG_NAMES, ScriptFlag, type ScriptFlags } from '../../src/script/flags.js';
import { PrecomputedTxData } from '../../src/script/tx-data.js';
import { verifyScript } from '../../src/script/verify.js';
import { libraryVerdict } from '../support/library-verdict.js';
import { parseScriptAsm } from '../support/script-asm.js';
import {
  ALL_SCRIPT_FLAGS,
  fillScriptFlags,
  parseScriptFlags,
  randomFlagSource,
  trimScriptFlags,
  withoutEachFlag,
} from '../support/script-flags.js';
import { hasShared, readSharedJson } from '../support/shared.js';

const VALID_CASES = 121;
const INVALID_CASES = 93;

type Prevout = readonly [txid: string, vout: number, script: string, value?: number];
type Row = readonly [prevouts: readonly Prevout[], tx: string, flags: string] | readonly [comment: string];

interface Case {
  readonly tx: Transaction;
  readonly flags: string;
  readonly text: string;
  /** The first code that is not OK among the inputs, or OK. */
  readonly verify: (flags: ScriptFlags) => string;
  /** The same, through the public entry. */
  readonly verifyPublicly: (flags: ScriptFlags) => string;
}

function readCase(row: Row): Case | undefined {
  if (row.length < 3) return undefined;
  const [prevouts, hex, flags] = row as readonly [readonly Prevout[], string, string];
  const spent = new Map<OutPointKey, { value: number; script: Uint8Array }>();
  for (const [txid, vout, script, value] of prevouts) {
    const hash = hashFromHex(txid);
    if (hash === undefined) throw new Error(`not a txid: ${txid}`);
    spent.set(outPointKey(hash, vout >>> 0), { value: value ?? 0, script: parseScriptAsm(script) });
  }
  const tx = Transaction.parse(Buffer.from(hex, 'hex'));
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

function readCases(path: string): Case[] {
  if (!hasShared) return [];
  return readSharedJson<Row[]>(path)
    .map(readCase)
    .filter(test => test !== undefined);
}

describe.skipIf(!hasShared)('tx_valid.json', () => {
  const cases = readCases('vectors/core/tx_valid.json');

  it(`accepts all ${VALID_CASES} with every flag but the excluded ones, and with fewer`, () => {
    const randomFlags = randomFlagSource(0x7a11d);
    for (const { tx, flags, text, verify, verifyPublicly } of cases) {
      expect(checkTransaction(tx), text).toBeUndefined();
      expect(publicly.checkTransaction(tx.raw), text).toEqual({ ok: true });
      const excluded = parseScriptFlags(flags);
      expect(verify(ALL_SCRIPT_FLAGS & ~excluded), text).toBe('OK');
      expect(verifyPublicly(ALL_SCRIPT_FLAGS & ~excluded), text).toBe('OK');
      for (const name of SCRIPT_FLAG_NAMES) {
        const fewer = trimScriptFlags(ALL_SCRIPT_FLAGS & ~(excluded | ScriptFlag[name]));
        expect(verify(fewer), `${text} without ${name}`).toBe('OK');
        const random = trimScriptFlags(ALL_SCRIPT_FLAGS & ~(excluded | randomFlags()));
        expect(verify(random), `${text} with flags ${random.toString(16)}`).toBe('OK');
      }
    }
    expect(cases).toHaveLength(VALID_CASES);
    console.log(`tx_valid.json: ${cases.length} cases`);
  });

  it('refuses each when any excluded flag is set', () => {
    for (const { flags, text, verify } of cases) {
      for (const excluded of withoutEachFlag(parseScriptFlags(flags))) {
        expect(verify(ALL_SCRIPT_FLAGS & ~excluded), `${text} excluding ${excluded.toString(16)}`).not.toBe(
          'OK',
        );
      }
    }
  });
});

describe.skipIf(!hasShared)('tx_invalid.json', () => {
  const cases = readCases('vectors/core/tx_invalid.json');
  const withScripts = cases.filter(test => test.flags !== 'BADTX');

  it(`refuses all ${INVALID_CASES}, with more flags too`, () => {
    const randomFlags = randomFlagSource(0xbad7c);
    for (const { tx, flags, text, verify, verifyPublicly } of cases) {
      const rejection = checkTransaction(tx);
      expect(rejection !== undefined, text).toBe(flags === 'BADTX');
      expect(publicly.checkTransaction(tx.raw), text).toEqual(
        rejection === undefined
          ? { ok: true }
          : { ok: false, error: rejection.reason, detail: rejection.debug },
      );
      if (flags === 'BADTX') continue;
      const given = parseScriptFlags(flags);
      expect(given, text).toBe(fillScriptFlags(given));
      expect(verify(given), text).not.toBe('OK');
      expect(verifyPublicly(given), text).toBe(verify(given));
      for (const name of SCRIPT_FLAG_NAMES) {
        const more = fillScriptFlags(given | ScriptFlag[name]);
        expect(verify(more), `${text} with ${name}`).not.toBe('OK');
        const random = fillScriptFlags(given | randomFlags());
        expect(verify(random), `${text} with flags ${random.toString(16)}`).not.toBe('OK');
      }
    }
    expect(cases).toHaveLength(INVALID_CASES);
    console.log(
      `tx_invalid.json: ${cases.length} cases, ${cases.length - withScripts.length} without scripts`,
    );
  });

  it('accepts each when any of its flags is left out', () => {
    for (const { flags, text, verify } of withScripts) {
      for (const fewer of withoutEachFlag(parseScriptFlags(flags))) {
        expect(verify(fewer), `${text} with flags ${fewer.toString(16)}`).toBe('OK');
      }
    }
  });
});

import { describe, expect, it } from 'vitest';
import { checkTransaction } from '../../src/consensus/tx-check.js';
import * as publicly from '../../src/library/index.js';
import { SCRIPT_FLAG_NAMES, ScriptFlag } from '../../src/script/flags.js';
import {
  ALL_SCRIPT_FLAGS,
  fillScriptFlags,
  parseScriptFlags,
  randomFlagSource,
  trimScriptFlags,
  withoutEachFlag,
} from '../support/script-flags.js';
import { hasShared } from '../support/shared.js';
import { readTxCases } from '../support/tx-vectors.js';

const VALID_CASES = 121;
const INVALID_CASES = 93;

describe.skipIf(!hasShared)('tx_valid.json', () => {
  const cases = readTxCases('vectors/core/tx_valid.json');

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
  const cases = readTxCases('vectors/core/tx_invalid.json');
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

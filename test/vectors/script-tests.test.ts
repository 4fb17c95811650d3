import { describe, expect, it } from 'vitest';
import { verifyScript } from '../../src/script/verify.js';
import { libraryVerdict } from '../support/library-verdict.js';
import { fillScriptFlags, randomFlagSource, trimScriptFlags } from '../support/script-flags.js';
import {
  flagsToRun,
  readScriptCase,
  runScriptCase,
  type ScriptRow,
  spending,
  spendingChecker,
} from '../support/script-vectors.js';
import { hasShared, readSharedJson } from '../support/shared.js';

/** Cases in the file; one that is not run is a failure. */
const CASES = 1233;

/** Cases of an IF on an empty stack, for which the file has the code of versions of Core after 28. */
const EMPTY_IF_CASES = 12;

describe.skipIf(!hasShared)('script_tests.json', () => {
  const cases = hasShared
    ? readSharedJson<ScriptRow[]>('vectors/core/script_tests.json')
        .map(readScriptCase)
        .filter(test => test !== undefined)
    : [];

  it(`gives the expected code in all ${CASES} cases`, () => {
    let emptyIfs = 0;
    for (const test of cases) {
      const result = runScriptCase(test);
      if (test.expected === 'INVALID_STACK_OPERATION' && result === 'UNBALANCED_CONDITIONAL') emptyIfs++;
      else expect(result, test.text).toBe(test.expected);
    }
    expect(emptyIfs).toBe(EMPTY_IF_CASES);
    expect(cases).toHaveLength(CASES);
    console.log(`script_tests.json: ${cases.length} cases`);
  });

  it('gives the same codes through the library', () => {
    for (const test of cases) {
      const { spend, prevouts } = spending(test);
      expect(libraryVerdict(spend, 0, prevouts, flagsToRun(test)), test.text).toBe(runScriptCase(test));
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isScriptFlagName,
  MANDATORY_SCRIPT_FLAGS,
  missingPrerequisite,
  NO_SCRIPT_FLAGS,
  SCRIPT_FLAG_NAMES,
  ScriptFlag,
  STANDARD_SCRIPT_FLAGS,
  scriptFlagNames,
  scriptFlagsOf,
} from '../../../src/script/flags.js';

describe('script flags', () => {
  it('have 21 names, one for each bit from the lowest on', () => {
    expect(SCRIPT_FLAG_NAMES.map(name => ScriptFlag[name])).toEqual(
      Array.from({ length: 21 }, (_, bit) => 2 ** bit),
    );
    expect(SCRIPT_FLAG_NAMES.every(isScriptFlagName)).toBe(true);
    expect(['NONE', '', 'p2sh', 'toString'].some(isScriptFlagName)).toBe(false);
  });

  it('are a set, written as names in order of their bits', () => {
    expect(scriptFlagsOf(['WITNESS', 'P2SH', 'WITNESS'])).toBe(ScriptFlag.P2SH | ScriptFlag.WITNESS);
    expect(scriptFlagNames(ScriptFlag.WITNESS | ScriptFlag.P2SH)).toEqual(['P2SH', 'WITNESS']);
    fc.assert(
      fc.property(fc.nat(2 ** 21 - 1), flags => {
        expect(scriptFlagsOf(scriptFlagNames(flags))).toBe(flags);
      }),
    );
  });

  it('of which some need others', () => {
    expect(missingPrerequisite(ScriptFlag.WITNESS)).toEqual({ flag: 'WITNESS', needs: 'P2SH' });
    expect(missingPrerequisite(ScriptFlag.CLEANSTACK | ScriptFlag.P2SH)).toEqual({
      flag: 'CLEANSTACK',
      needs: 'WITNESS',
    });
    for (const flags of [NO_SCRIPT_FLAGS, MANDATORY_SCRIPT_FLAGS, STANDARD_SCRIPT_FLAGS]) {
      expect(missingPrerequisite(flags)).toBeUndefined();
    }
  });
});

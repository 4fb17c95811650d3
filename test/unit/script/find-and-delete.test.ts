import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import { findAndDelete } from '../../../src/script/find-and-delete.js';
import { parseScriptAsm } from '../../support/script-asm.js';

describe('findAndDelete', () => {
  it.each([
    ['removes nothing for an empty pattern', '5152', '', '5152'],
    ['removes every occurrence', '51525352', '52', '5153'],
    ['removes runs of it', '51515152', '51', '52'],
    ['removes a push with its bytes', '0302ff03', '0302ff03', ''],
    ['removes two in a row', '0302ff030302ff03', '0302ff03', ''],
    ['keeps bytes inside of a push', '0302ff030302ff03', '02', '0302ff030302ff03'],
    ['keeps a push whose end matches', '0302ff03', 'ff', '0302ff03'],
    ['matches raw bytes, not operations', '0302ff030302ff03', '03', '02ff0302ff03'],
    ['goes over a push as one operation', '02feed5169', 'feed51', '02feed5169'],
    ['starts only at operations', '02feed5169', '02feed51', '69'],
    ['goes on after a removal where an operation starts', '516902feed5169', 'feed51', '516902feed5169'],
    ['removes at both', '516902feed5169', '02feed51', '516969'],
    ['does not look again at what a removal has joined', '00005151', '0051', '0051'],
    ['removes pairs', '000051005100', '0051', '0000'],
    ['keeps a broken push at the end', '5102ff', '51', '02ff'],
    ['removes at a broken push', '5103ff', '03ff', '51'],
  ])('%s', (_, script, pattern, rest) => {
    expect(toHex(findAndDelete(Buffer.from(script, 'hex'), Buffer.from(pattern, 'hex')))).toBe(rest);
  });

  it('returns the script itself when there is nothing to remove', () => {
    const script = parseScriptAsm("1 'text' 2");
    expect(findAndDelete(script, parseScriptAsm('3'))).toBe(script);
    expect(findAndDelete(script, parseScriptAsm('0x746578'))).toBe(script);
  });

  it('never throws and never makes a script longer', () => {
    const bytes = fc.uint8Array({ max: 4, maxLength: 40 });
    fc.assert(
      fc.property(bytes, fc.uint8Array({ max: 4, maxLength: 3 }), (script, pattern) => {
        expect(findAndDelete(script, pattern).length).toBeLessThanOrEqual(script.length);
      }),
    );
  });
});

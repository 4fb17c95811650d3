import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import { Op, opcodeName } from '../../../src/script/opcodes.js';
import {
  hasValidOps,
  isMinimalPush,
  isPayToAnchor,
  isPayToScriptHash,
  isPayToWitnessScriptHash,
  isPushOnly,
  isUnspendable,
  isWitnessProgram,
  lastPush,
  ScriptReader,
} from '../../../src/script/parse.js';
import { parseScriptAsm } from '../../support/script-asm.js';

function bytes(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

describe('ScriptReader', () => {
  it('reads operations with the bytes they push', () => {
    const reader = new ScriptReader(bytes('0002aabb4c01cc4d0100dd4e01000000ee5176'));
    const seen: string[] = [];
    while (reader.next()) seen.push(`${reader.opcode}:${toHex(reader.data)}@${reader.position}`);
    expect(seen).toEqual(['0:@1', '2:aabb@4', '76:cc@7', '77:dd@11', '78:ee@17', '81:@18', '118:@19']);
    expect(reader.malformed).toBe(false);
  });

  it.each(['02aa', '4c', '4c02aa', '4d01', '4d0100', '4e010000', '4effffffff00'])(
    'stops at %s, which is cut short',
    hex => {
      const reader = new ScriptReader(bytes(`51${hex}`));
      expect(reader.next()).toBe(true);
      expect(reader.next()).toBe(false);
      expect(reader.malformed).toBe(true);
      expect(reader.next()).toBe(false);
    },
  );

  it('never throws, and goes over every byte of a whole script once', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), script => {
        const reader = new ScriptReader(script);
        let end = 0;
        while (reader.next()) {
          expect(reader.position).toBeGreaterThan(end);
          end = reader.position;
          expect(reader.data.length).toBe(reader.dataEnd - reader.dataStart);
        }
        expect(reader.malformed || end === script.length).toBe(true);
      }),
    );
  });
});

describe('what a script is', () => {
  it('push-only: no operation above OP_16, OP_RESERVED included', () => {
    expect(isPushOnly(parseScriptAsm("0 1 -1 16 RESERVED 'data'"))).toBe(true);
    expect(isPushOnly(parseScriptAsm('1 NOP'))).toBe(false);
    expect(isPushOnly(bytes('02aa'))).toBe(false);
    expect(isPushOnly(bytes(''))).toBe(true);
  });

  it('a witness program: a version and one push of 2 to 40 bytes', () => {
    expect(isWitnessProgram(bytes(`0014${'11'.repeat(20)}`))).toMatchObject({ version: 0 });
    expect(isWitnessProgram(bytes('60021234'))).toMatchObject({ version: 16, program: bytes('1234') });
    expect(isWitnessProgram(bytes(`5128${'11'.repeat(40)}`))?.program).toHaveLength(40);
    expect(isWitnessProgram(bytes('510112'))).toBeUndefined();
    expect(isWitnessProgram(bytes(`5129${'11'.repeat(41)}`))).toBeUndefined();
    expect(isWitnessProgram(bytes('5103aabb'))).toBeUndefined();
    expect(isWitnessProgram(bytes('4f02aabb'))).toBeUndefined();
    expect(isWitnessProgram(bytes('514c02aabb'))).toBeUndefined();
  });

  it('P2SH only in its one form', () => {
    expect(isPayToScriptHash(bytes(`a914${'00'.repeat(20)}87`))).toBe(true);
    expect(isPayToScriptHash(bytes(`a94c14${'00'.repeat(20)}87`))).toBe(false);
  });

  it('P2WSH only in its one form', () => {
    expect(isPayToWitnessScriptHash(bytes(`0020${'11'.repeat(32)}`))).toBe(true);
    expect(isPayToWitnessScriptHash(bytes(`5120${'11'.repeat(32)}`))).toBe(false);
    expect(isPayToWitnessScriptHash(bytes(`004c1f${'11'.repeat(31)}`))).toBe(false);
    expect(isPayToWitnessScriptHash(bytes(`0014${'11'.repeat(20)}`))).toBe(false);
  });

  it('an anchor', () => {
    expect(isPayToAnchor(bytes('51024e73'))).toBe(true);
    expect(isPayToAnchor(bytes('52024e73'))).toBe(false);
  });

  it('unspendable after OP_RETURN and over 10,000 bytes', () => {
    expect(isUnspendable(bytes('6a'))).toBe(true);
    expect(isUnspendable(bytes('516a'))).toBe(false);
    expect(isUnspendable(new Uint8Array(10_000))).toBe(false);
    expect(isUnspendable(new Uint8Array(10_001))).toBe(true);
  });

  it('of valid operations: known ones, pushes of up to 520 bytes', () => {
    expect(hasValidOps(parseScriptAsm('1 NOP10'))).toBe(true);
    expect(hasValidOps(Uint8Array.of(Op.OP_CHECKSIGADD))).toBe(false);
    expect(hasValidOps(bytes(`4d0802${'00'.repeat(520)}`))).toBe(true);
    expect(hasValidOps(bytes(`4d0902${'00'.repeat(521)}`))).toBe(false);
    expect(hasValidOps(bytes('4c'))).toBe(false);
  });
});

describe('a push is minimal', () => {
  it.each([
    ['OP_0', Op.OP_0, 0, undefined],
    ['one byte for it', 1, 1, 0x11],
    ['75 bytes by their number', 75, 75, 1],
    ['OP_PUSHDATA1 from 76 on', Op.OP_PUSHDATA1, 76, 1],
    ['OP_PUSHDATA2 from 256 on', Op.OP_PUSHDATA2, 256, 1],
    ['OP_PUSHDATA4 from 65,536 on', Op.OP_PUSHDATA4, 65_536, 1],
  ])('with %s', (_, opcode, length, first) => {
    expect(isMinimalPush(opcode, length, first)).toBe(true);
    // Nothing can be longer than the longest form.
    if (opcode !== Op.OP_PUSHDATA4) expect(isMinimalPush(Op.OP_PUSHDATA4, length, first)).toBe(false);
  });

  it('by opcode for the numbers that have one', () => {
    for (const first of [1, 16, 0x81]) expect(isMinimalPush(1, 1, first)).toBe(false);
  });
});

describe('lastPush', () => {
  it('is the redeem script of a push-only scriptSig', () => {
    expect(toHex(lastPush(bytes('0002aabb')) ?? bytes('ff'))).toBe('aabb');
    expect(lastPush(bytes('02aabb51'))).toHaveLength(0);
    expect(lastPush(bytes(''))).toHaveLength(0);
    expect(lastPush(bytes('5176'))).toBeUndefined();
    expect(lastPush(bytes('5102aa'))).toBeUndefined();
  });
});

describe('opcodeName', () => {
  it('writes constants as numbers and everything else in full', () => {
    expect([0x00, 0x4f, 0x51, 0x60, 0x50, 0xb1, 0xb2, 0xba, 0xff, 0x01, 0xbb].map(opcodeName)).toEqual([
      '0',
      '-1',
      '1',
      '16',
      'OP_RESERVED',
      'OP_CHECKLOCKTIMEVERIFY',
      'OP_CHECKSEQUENCEVERIFY',
      'OP_CHECKSIGADD',
      'OP_INVALIDOPCODE',
      'OP_UNKNOWN',
      'OP_UNKNOWN',
    ]);
    expect(opcodeName(256)).toBe('OP_UNKNOWN');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import { pushData, pushNumber, ScriptBuilder } from '../../../src/script/build.js';
import { scriptNumDecode } from '../../../src/script/number.js';
import { Op, smallIntegerOf } from '../../../src/script/opcodes.js';
import { isMinimalPush, ScriptReader } from '../../../src/script/parse.js';

describe('pushData', () => {
  it.each([
    [0, '00'],
    [75, '4b'],
    [76, '4c4c'],
    [255, '4cff'],
    [256, '4d0001'],
    [65535, '4dffff'],
    [65536, '4e00000100'],
  ])('of %d bytes starts with %s', (length, head) => {
    const script = pushData(new Uint8Array(length));
    expect(toHex(script.subarray(0, head.length / 2))).toBe(head);
    expect(script).toHaveLength(head.length / 2 + length);
  });

  it('does not turn bytes into number opcodes', () => {
    expect(toHex(pushData(Uint8Array.of(1)))).toBe('0101');
    expect(toHex(pushData(Uint8Array.of(0x81)))).toBe('0181');
  });

  it('is read back as one push of the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), data => {
        const reader = new ScriptReader(pushData(data));
        expect(reader.next()).toBe(true);
        expect(toHex(reader.data)).toBe(toHex(data));
        expect(reader.isDone).toBe(true);
        const isNumber = data.length === 1 && ((data[0] ?? 0) === 0x81 || ((data[0] ?? 0) - 1) >>> 0 < 16);
        expect(isMinimalPush(reader.opcode, data.length, data[0])).toBe(!isNumber);
      }),
    );
  });
});

describe('pushNumber', () => {
  it.each([
    [0, '00'],
    [1, '51'],
    [16, '60'],
    [-1, '4f'],
    [17, '0111'],
    [-2, '0182'],
    [500, '02f401'],
  ])('of %d is %s', (value, hex) => {
    expect(toHex(pushNumber(value))).toBe(hex);
  });

  it('pushes the number, by its opcode or its bytes', () => {
    fc.assert(
      fc.property(fc.integer(), value => {
        const reader = new ScriptReader(pushNumber(value));
        expect(reader.next()).toBe(true);
        const { opcode } = reader;
        if (opcode === Op.OP_1NEGATE) expect(value).toBe(-1);
        else if (opcode >= Op.OP_1 && opcode <= Op.OP_16) expect(smallIntegerOf(opcode)).toBe(value);
        else expect(scriptNumDecode(reader.data, true, 5)).toBe(value);
      }),
    );
  });
});

describe('ScriptBuilder', () => {
  it('puts operations, pushes and raw script in order', () => {
    const script = new ScriptBuilder()
      .op(Op.OP_DUP, Op.OP_HASH160)
      .pushData(Uint8Array.of(0xaa, 0xbb))
      .pushNumber(2)
      .raw(Uint8Array.of(Op.OP_EQUAL))
      .finish();
    expect(toHex(script)).toBe('76a902aabb5287');
  });
});

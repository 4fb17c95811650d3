import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MONEY } from '../../../src/primitives/amount.js';
import { parseAmount } from '../../../src/rpc/args.js';
import { amount, JsonNumber, RawJson, writeJson } from '../../../src/rpc/json.js';
import { membersOf, parseJson } from '../../../src/rpc/json-read.js';

describe('writing JSON', () => {
  it('gives amounts exactly eight decimals, and they read back as the same satoshis', () => {
    fc.assert(
      fc.property(fc.integer({ min: -MAX_MONEY, max: MAX_MONEY }), satoshis => {
        const text = writeJson(amount(satoshis));
        expect(text).toMatch(/^-?\d+\.\d{8}$/);
        if (satoshis >= 0) {
          expect(parseAmount(text)).toBe(satoshis);
          expect(parseAmount(JSON.parse(text))).toBe(satoshis);
        }
      }),
    );
  });

  it('writes what JSON.stringify does, for all else, but for the last digit of doubles', () => {
    const rounded = (_: string, value: unknown) =>
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(16)) : value;
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), value => {
        expect(JSON.parse(writeJson(value as never))).toEqual(JSON.parse(JSON.stringify(value, rounded)));
      }),
    );
  });

  it('leaves out undefined members and keeps null ones', () => {
    expect(writeJson({ a: undefined, b: null, c: [undefined] })).toBe('{"b":null,"c":[null]}');
  });

  it('writes numbers that doubles cannot hold', () => {
    expect(writeJson([9223372036854775807n, new JsonNumber('1.50'), new RawJson('{"x":1}')])).toBe(
      '[9223372036854775807,1.50,{"x":1}]',
    );
  });

  it('writes doubles with 16 digits', () => {
    expect(writeJson(0.1 + 0.2)).toBe('0.3');
    expect(writeJson(4.656542373906925e-10)).toBe('4.656542373906925e-10');
  });

  it('indents as UniValue does', () => {
    expect(writeJson({ a: [1, { b: 2 }] }, 2)).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": 2\n    }\n  ]\n}',
    );
    expect(writeJson({ a: 1 }, 4)).toBe('{\n    "a": 1\n}');
  });
});

describe('reading JSON', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:0.1e-n \\utrue') }), text => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => parseJson(text)).toThrow(SyntaxError);
          return;
        }
        expect(parseJson(text)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps account of members named twice', () => {
    const object = parseJson('{"a":1,"b":2,"a":3}') as { [key: string]: unknown };
    expect(object).toEqual({ a: 3, b: 2 });
    expect(membersOf(object)).toEqual([
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ]);
  });

  it('keeps account of them beside strings with colons, and in what is nested', () => {
    const outer = parseJson('{"a":":","b":[{"x":1,"x":2}],"c : d":":"}') as {
      b: { [key: string]: unknown }[];
    };
    expect(outer).toEqual({ a: ':', b: [{ x: 2 }], 'c : d': ':' });
    expect(membersOf(outer.b[0] as { [key: string]: unknown })).toEqual([
      ['x', 1],
      ['x', 2],
    ]);
  });

  it('treats __proto__ as any name', () => {
    const object = parseJson('{"__proto__":{"x":1}}') as { [key: string]: unknown };
    expect(Object.keys(object)).toEqual(['__proto__']);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('refuses deep nests instead of running out of stack', () => {
    expect(() => parseJson('['.repeat(100_000))).toThrow(SyntaxError);
    expect(() => parseJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toThrow(SyntaxError);
    expect(parseJson(`${'['.repeat(500)}${']'.repeat(500)}`)).toBeDefined();
  });

  it('reads strings of megabytes', () => {
    const hex = 'ab'.repeat(4_000_000);
    expect(parseJson(`["${hex}"]`)).toEqual([hex]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayItems, layOut, objectMembers, plainText } from '../../../../src/cli/client/json-text.js';

/** How Core's UniValue writes a value with an indent of two: an empty array or object takes two lines, too. */
function modelLayout(value: unknown, depth = 1): string {
  const inner = '  '.repeat(depth);
  const outer = '  '.repeat(depth - 1);
  const frame = (open: string, close: string, parts: readonly string[]) =>
    `${open}\n${parts.map((part, at) => `${inner}${part}${at < parts.length - 1 ? ',' : ''}\n`).join('')}${outer}${close}`;
  if (Array.isArray(value))
    return frame(
      '[',
      ']',
      value.map(item => modelLayout(item, depth + 1)),
    );
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    return frame(
      '{',
      '}',
      members.map(([name, item]) => `${JSON.stringify(name)}: ${modelLayout(item, depth + 1)}`),
    );
  }
  return JSON.stringify(value);
}

const json = fc.jsonValue({ maxDepth: 4, noUnicodeString: false });

describe('JSON laid out', () => {
  it('is what Core prints', () => {
    fc.assert(
      fc.property(json, value => {
        const expected = modelLayout(JSON.parse(JSON.stringify(value)));
        expect(layOut(JSON.stringify(value))).toBe(expected);
        expect(layOut(JSON.stringify(value, null, 3))).toBe(expected);
      }),
    );
  });

  it.each([
    ['{}', '{\n}'],
    ['[ ]', '[\n]'],
    ['{"a":[],"b":{}}', '{\n  "a": [\n  ],\n  "b": {\n  }\n}'],
    ['[[1,{"x":null}],true]', '[\n  [\n    1,\n    {\n      "x": null\n    }\n  ],\n  true\n]'],
    ['{"a":"[1,2]: {","b":"q\\"uo\\\\te"}', '{\n  "a": "[1,2]: {",\n  "b": "q\\"uo\\\\te"\n}'],
  ])('%s', (text, expected) => {
    expect(layOut(text)).toBe(expected);
  });

  it('keeps numbers as they were written', () => {
    const numbers = [
      '0.10000000',
      '50.00000000',
      '4.656542373906925e-10',
      '18446744073709551615',
      '-0',
      '1E+2',
    ];
    expect(layOut(`[${numbers.join(',')}]`)).toBe(
      `[\n${numbers.map(number => `  ${number}`).join(',\n')}\n]`,
    );
  });
});

describe('JSON taken apart', () => {
  it('gives the members of an object and the items of an array as they were written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.constantFrom(0, 1, 4), (object, indent) => {
        const plain = JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
        const text = JSON.stringify(object, null, indent);
        expect([...objectMembers(text)].map(([name, value]) => [name, JSON.parse(value)])).toEqual(
          Object.entries(plain),
        );
        const list = JSON.stringify(Object.values(object), null, indent);
        expect(arrayItems(list).map(item => JSON.parse(item))).toEqual(Object.values(plain));
      }),
    );
  });

  it('does not touch what it gives', () => {
    const members = objectMembers(' { "a" : 0.10000000 , "b\\n":[1,  2], "c":"}" } ');
    expect([...members]).toEqual([
      ['a', '0.10000000'],
      ['b\n', '[1,  2]'],
      ['c', '"}"'],
    ]);
    expect(arrayItems(' [ 1.50 ,"]", {"x":[]} ] ')).toEqual(['1.50', '"]"', '{"x":[]}']);
    expect([arrayItems('[]'), [...objectMembers('{}')]]).toEqual([[], []]);
  });

  it('shows people texts without quotes and null as nothing', () => {
    expect(['"a\\nb"', '1.0', 'null', undefined, 'true'].map(plainText)).toEqual([
      'a\nb',
      '1.0',
      '',
      '',
      'true',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { hashToHex } from '../../../src/primitives/bytes.js';
import {
  Args,
  checkObject,
  parseAmount,
  parseFeeRate,
  parseFixedPoint,
  parseHash,
  parseHexArg,
} from '../../../src/rpc/args.js';
import { RpcError } from '../../../src/rpc/errors.js';

function errorOf(work: () => unknown): string {
  try {
    return `no error but ${String(work())}`;
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    return `${thrown.code}: ${thrown.message}`;
  }
}

describe('amounts', () => {
  it.each([
    [0, 0],
    ['0', 0],
    ['0.00000001', 1],
    [0.00000001, 1],
    ['1e-8', 1],
    ['0.00000001000000', 1],
    [1, 100_000_000],
    ['21000000', 2_100_000_000_000_000],
    [20999999.99999999, 2_099_999_999_999_999],
    ['1E2', 10_000_000_000],
    ['-0', 0],
  ])('%j is %d satoshis', (value, satoshis) => {
    expect(parseAmount(value)).toBe(satoshis);
  });

  it.each(['0.000000001', '1e-9', '', ' 1', '1 ', '.5', '5.', '+1', '01', '0x1', '1e', 'Infinity', '1,0'])(
    '%j is none',
    value => {
      expect(errorOf(() => parseAmount(value))).toBe('-3: Invalid amount');
    },
  );

  it('must lie in the money range', () => {
    for (const value of [-1, '-0.00000001', 21000001, '21000000.00000001', '1e9']) {
      expect(errorOf(() => parseAmount(value))).toBe('-3: Amount out of range');
    }
  });

  it('must be a number or a string', () => {
    for (const value of [true, null, [], {}]) {
      expect(errorOf(() => parseAmount(value))).toBe('-3: Amount is not a number or string');
    }
  });

  it('can have other numbers of decimals', () => {
    expect(parseFixedPoint('1.5', 3)).toBe(1500);
    expect(parseFixedPoint('0.0001', 3)).toBeUndefined();
  });

  it('of feerates must be below a coin', () => {
    expect(parseFeeRate('0.99999999')).toBe(99_999_999);
    expect(errorOf(() => parseFeeRate(1))).toBe(
      '-8: Fee rates larger than or equal to 1BTC/kvB are not accepted',
    );
  });
});

describe('hashes and hex', () => {
  const text = `${'00'.repeat(31)}2a`;

  it('are read in display order', () => {
    expect(parseHash(text, 'txid')[0]).toBe(0x2a);
    expect(hashToHex(parseHash(text, 'txid'))).toBe(text);
  });

  it('of another length or with other characters are refused', () => {
    expect(errorOf(() => parseHash('00', 'txid'))).toBe("-8: txid must be of length 64 (not 2, for '00')");
    const bad = `Z${text.slice(1)}`;
    expect(errorOf(() => parseHash(bad, 'blockhash'))).toBe(
      `-8: blockhash must be hexadecimal string (not '${bad}')`,
    );
    expect(errorOf(() => parseHash(7, 'txid'))).toBe(
      '-3: JSON value of type number is not of expected type string',
    );
    for (const value of ['', '0', 'xx', 5]) {
      expect(errorOf(() => parseHexArg(value, 'proof'))).toContain(
        '-8: proof must be hexadecimal string (not ',
      );
    }
  });
});

describe('arguments', () => {
  const args = new Args(
    [
      { name: 'count', type: 'number', description: '' },
      { name: 'name', type: 'string', optional: true, description: '' },
      { name: 'verbosity', aliases: ['verbose'], type: 'any', default: 1, description: '' },
    ],
    [2.5, null, true],
  );

  it('are missing when null', () => {
    expect(args.has('name')).toBe(false);
    expect(args.optionalString('name')).toBeUndefined();
    expect(args.count).toBe(3);
  });

  it('that should be whole numbers are', () => {
    expect(errorOf(() => args.int('count'))).toBe('-1: JSON integer out of range');
    expect(errorOf(() => args.integer('verbosity', 0, 5))).toBe(
      '-3: JSON value of type bool is not of expected type number',
    );
  });

  it('of verbosity may be booleans', () => {
    expect(args.verbosity('verbosity', 1)).toBe(1);
  });

  it('of wrong types are told all at once, by position and all their names', () => {
    const wrong = new Args(
      [
        { name: 'a', type: 'number', description: '' },
        { name: 'b', aliases: ['c'], type: 'array', optional: true, description: '' },
        { name: 'd', type: 'amount', description: '' },
      ],
      [undefined, {}, true],
    );
    expect(wrong.typeMismatch()).toBe(
      'Wrong type passed:\n{\n    "Position 1 (a)": "JSON value of type null is not of expected type number",\n    "Position 2 (b|c)": "JSON value of type object is not of expected type array"\n}',
    );
  });
});

describe('objects', () => {
  it('must have members of the expected types, and only those when strict', () => {
    const expected = { a: 'string', b: 'number' } as const;
    expect(() => checkObject({ a: 'x', b: 1 }, expected)).not.toThrow();
    expect(() => checkObject({ a: null }, expected)).not.toThrow();
    expect(errorOf(() => checkObject({ a: 1, b: 1 }, expected))).toBe(
      '-3: JSON value of type number for field a is not of expected type string',
    );
    expect(errorOf(() => checkObject({ a: 'x', b: 1, c: 1 }, expected))).toBe('-3: Unexpected key c');
    expect(() => checkObject({ c: 1 }, expected, { strict: false })).not.toThrow();
    expect(errorOf(() => checkObject({ b: 1 }, expected, { allowNull: false }))).toBe('-3: Missing a');
  });
});

import { describe, expect, it } from 'vitest';
import { LabError } from '../../../../regtest/control/lab-error.js';
import { needed, ParamReader } from '../../../../regtest/lab/param-reader.js';

type Read = (params: ParamReader) => unknown;

const whole: Read = params => params.integer('x', 1, 10);
const number: Read = params => params.number('x', 0, 1);
const flag: Read = params => params.flag('x');
const text: Read = params => params.text('x');
const word: Read = params => params.oneOf('x', ['start', 'stop']);
const amount: Read = params => params.amount('x');
const list: Read = params => params.array('x', 2);

function read(get: Read, value: unknown): unknown {
  return get(new ParamReader({ x: value }, 'test'));
}

describe('parameters of commands', () => {
  it.each([
    ['a whole number', whole, 10, 10],
    ['a number', number, 0.25, 0.25],
    ['a flag', flag, false, false],
    ['a text', text, 'lab', 'lab'],
    ['a word', word, 'stop', 'stop'],
    ['bitcoins as a number', amount, 0.1, 10_000_000],
    ['bitcoins as a text', amount, '20999999.00000001', 2_099_999_900_000_001],
    ['a list', list, [1, 2], [1, 2]],
  ])('%s is taken', (_what, get, value, expected) => {
    expect(read(get, value)).toEqual(expected);
    expect(read(get, undefined)).toBeUndefined();
    expect(read(get, null)).toBeUndefined();
  });

  it.each([
    ['a whole number', whole, ['1', 0, 11, 1.5, Number.NaN, [], {}, true]],
    ['a number', number, ['0', -0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY]],
    ['a flag', flag, ['true', 0, 1]],
    ['a text', text, ['', 5, 'a\0b', 'x'.repeat(5000)]],
    ['a word', word, ['START', '', 1]],
    ['bitcoins', amount, [0, -1, '0', '1e', '0.000000001', 21_000_001, 'much', {}, '1,5']],
    ['a list', list, [[1, 2, 3], 'ab', { length: 1 }]],
  ])('%s: others are refused with a sentence that names the parameter', (_what, get, values) => {
    for (const value of values) {
      expect(() => read(get, value)).toThrow(LabError);
      expect(() => read(get, value)).toThrow(/^x must be .+, not ./);
    }
  });

  it('long values are shortened in errors', () => {
    expect(() => read(whole, 'y'.repeat(10_000))).toThrow(/^.{1,140}$/);
  });

  it('what a command does not know is refused, with what it does', () => {
    const params = new ParamReader({ node: 1, block: 3, toString: 1 }, 'mine');
    params.integer('node', 0, 3);
    params.integer('blocks', 0, 3);
    expect(() => params.refuseOthers()).toThrow(
      'mine has no parameter "block", "toString": it takes node, blocks',
    );
    expect(() => new ParamReader({ a: 1 }, 'status').refuseOthers()).toThrow('it takes none');
  });

  it('names of objects in general are no parameters', () => {
    expect(new ParamReader({}, 'mine').raw('constructor')).toBeUndefined();
  });

  it.each([[[]], ['text'], [null], [undefined], [5]])('%j is no JSON object', params => {
    expect(() => new ParamReader(params, 'mine')).toThrow('the parameters of mine are a JSON object');
  });

  it('a missing one is named', () => {
    expect(() => needed(undefined, 'amount')).toThrow('amount is missing');
    expect(needed(0, 'amount')).toBe(0);
  });

  it('parameters lie within parameters', () => {
    const params = new ParamReader({ plan: { kind: 'off', more: 1 } }, 'mining');
    const plan = params.object('plan');
    expect(plan?.text('kind')).toBe('off');
    expect(() => plan?.refuseOthers()).toThrow('plan of mining has no parameter "more"');
    expect(() => new ParamReader({ plan: 'off' }, 'mining').object('plan')).toThrow(
      'plan must be a JSON object',
    );
  });
});

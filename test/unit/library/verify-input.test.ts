import { describe, expect, it } from 'vitest';
import { UsageError, verifyInput } from '../../../src/library/index.js';
import { PAYMENT_170, PREVOUT_170 } from '../../support/known-blocks.js';
import { input, transaction } from '../../support/transactions.js';

const FLAGS = ['P2SH', 'WITNESS', 'TAPROOT'];
const REQUEST = { tx: PAYMENT_170, inputIndex: 0, prevouts: [PREVOUT_170], flags: FLAGS };

/** The mistake that a call is: its code and what it says. Takes anything, as JavaScript does. */
function mistakeIn(request: unknown): [code: string, message: string] {
  try {
    verifyInput(request as Parameters<typeof verifyInput>[0]);
  } catch (thrown) {
    if (thrown instanceof UsageError) return [thrown.code, thrown.message];
    throw thrown;
  }
  throw new Error('the call was answered');
}

function mistakeWith(changes: Record<string, unknown>) {
  return mistakeIn({ ...REQUEST, ...changes });
}

describe('verifyInput', () => {
  it('lets the owner of a coin spend it', () => {
    expect(verifyInput(REQUEST)).toEqual({ ok: true });
  });

  it('names the script error of a spend that is not allowed', () => {
    const verdict = (script: string) =>
      verifyInput({ ...REQUEST, prevouts: [{ value: 0, script: Buffer.from(script, 'hex') }] });
    expect(verdict('00')).toEqual({ ok: false, error: 'EVAL_FALSE' });
    expect(verdict('6a')).toEqual({ ok: false, error: 'OP_RETURN' });
    expect(verdict('7c7c')).toEqual({ ok: false, error: 'INVALID_STACK_OPERATION' });
    expect(verdict('ff')).toEqual({ ok: false, error: 'BAD_OPCODE' });
  });

  it('looks at the input that it is asked about only', () => {
    const tx = transaction({ inputs: [input({}, 1), input({}, 2)] }).raw;
    const prevouts = [0x51, 0x00].map(opcode => ({ value: 1, script: Uint8Array.of(opcode) }));
    const verdict = (inputIndex: number) => verifyInput({ tx, inputIndex, prevouts, flags: FLAGS });
    expect(verdict(0)).toEqual({ ok: true });
    expect(verdict(1)).toEqual({ ok: false, error: 'EVAL_FALSE' });
  });

  it('follows the flags that it is given, in any order and number', () => {
    // OP_NOP1 is free for a soft fork, and policy keeps it so.
    const prevouts = [{ value: 1, script: Uint8Array.of(0xb0, 0x51) }];
    const under = (...flags: string[]) => verifyInput({ ...REQUEST, prevouts, flags });
    const refused = { ok: false, error: 'DISCOURAGE_UPGRADABLE_NOPS' };
    expect(under()).toEqual({ ok: true });
    expect(under('DISCOURAGE_UPGRADABLE_NOPS')).toEqual(refused);
    expect(under('WITNESS', 'DISCOURAGE_UPGRADABLE_NOPS', 'P2SH', 'WITNESS')).toEqual(refused);
  });

  it('takes a prevout whose properties are inherited', () => {
    class Coin {
      get value() {
        return PREVOUT_170.value;
      }
      get script() {
        return PREVOUT_170.script;
      }
    }
    expect(verifyInput({ ...REQUEST, prevouts: [new Coin()] })).toEqual({ ok: true });
  });
});

describe('a call of verifyInput that has no answer', () => {
  it('asks about an input that is not there', () => {
    const text = (index: string) => `inputIndex is ${index}, but the transaction has inputs 0 to 0`;
    expect(mistakeWith({ inputIndex: 1 })).toEqual(['input-index', text('1')]);
    expect(mistakeWith({ inputIndex: -1 })).toEqual(['input-index', text('-1')]);
    expect(mistakeWith({ inputIndex: 0.5 })).toEqual(['input-index', text('0.5')]);
    expect(mistakeWith({ inputIndex: Number.NaN })).toEqual(['input-index', text('NaN')]);
    expect(mistakeWith({ inputIndex: '0' })).toEqual(['input-index', text('"0"')]);
    expect(mistakeWith({ inputIndex: undefined })).toEqual(['input-index', text('undefined')]);
    const noInputs = Buffer.from('01000000000000000000', 'hex');
    expect(mistakeWith({ tx: noInputs, prevouts: [] })).toEqual([
      'input-index',
      'inputIndex is 0, but the transaction has no inputs',
    ]);
  });

  it('has too few or too many prevouts, or none at all', () => {
    const text = (count: number) => `prevouts has ${count} entries, but there is 1 input that spends one`;
    expect(mistakeWith({ prevouts: [] })).toEqual(['prevout-count', text(0)]);
    expect(mistakeWith({ prevouts: [PREVOUT_170, PREVOUT_170] })).toEqual(['prevout-count', text(2)]);
    const two = transaction({ inputs: [input({}, 1), input({}, 2)] }).raw;
    expect(mistakeWith({ tx: two })).toEqual([
      'prevout-count',
      'prevouts has 1 entry, but there are 2 inputs that spend one each',
    ]);
    expect(mistakeWith({ prevouts: undefined })).toEqual([
      'bad-argument',
      'prevouts must be an array, not undefined',
    ]);
    expect(mistakeWith({ prevouts: PREVOUT_170 })[1]).toBe('prevouts must be an array, not an object');
  });

  it.each([
    [-1, '-1'],
    [0.5, '0.5'],
    [2 ** 53, '9007199254740992'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [5n, 'a bigint'],
    ['5', '"5"'],
    [null, 'null'],
    [[5], 'an array'],
    [undefined, 'undefined'],
  ])('has a prevout worth %s', (value, shown) => {
    expect(mistakeWith({ prevouts: [{ ...PREVOUT_170, value }] })).toEqual([
      'prevout-value',
      `prevouts[0].value must be a whole number of satoshis, 0 or more, not ${shown}`,
    ]);
  });

  it('has a prevout that is none', () => {
    expect(mistakeWith({ prevouts: [undefined] })).toEqual([
      'bad-argument',
      'prevouts[0] must be an object, not undefined',
    ]);
    expect(mistakeWith({ prevouts: new Array(1) })[1]).toBe('prevouts[0] must be an object, not undefined');
    expect(mistakeWith({ prevouts: [[5, PREVOUT_170.script]] })[0]).toBe('prevout-value');
  });

  it.each([
    ['hex', PAYMENT_170.toString('hex'), `"${PAYMENT_170.toString('hex').slice(0, 40)}"`],
    ['numbers', [...PAYMENT_170], 'an array'],
    ['an ArrayBuffer', new ArrayBuffer(8), 'an object'],
    ['another typed array', new Uint16Array(8), 'an object'],
    ['a function', () => PAYMENT_170, 'a function'],
    ['nothing', undefined, 'undefined'],
    ['a switch', true, 'true'],
  ])('has %s in place of bytes', (_, value, shown) => {
    expect(mistakeWith({ tx: value })).toEqual(['not-bytes', `tx must be a Uint8Array, not ${shown}`]);
    expect(mistakeWith({ prevouts: [{ value: 1, script: value }] })).toEqual([
      'not-bytes',
      `prevouts[0].script must be a Uint8Array, not ${shown}`,
    ]);
  });

  it('has bytes that were transferred to somebody else, which look like none', () => {
    const script = Uint8Array.of(0x51);
    structuredClone(script, { transfer: [script.buffer] });
    expect(mistakeWith({ prevouts: [{ value: 1, script }] })).toEqual([
      'not-bytes',
      'prevouts[0].script has no bytes any more: its buffer was transferred',
    ]);
    expect(verifyInput({ ...REQUEST, prevouts: [{ value: 1, script: new Uint8Array(0) }] })).toEqual({
      ok: true,
    });
  });

  it('names flags that are not known, or without those that they need', () => {
    const [code, message] = mistakeWith({ flags: ['P2SH', 'SEGWIT'] });
    expect(code).toBe('unknown-flag');
    expect(message).toMatch(/^unknown script flag "SEGWIT"; there are P2SH, STRICTENC, .*PUBKEYTYPE$/);
    expect(mistakeWith({ flags: ['toString'] })[0]).toBe('unknown-flag');
    expect(mistakeWith({ flags: ['p2sh'] })[0]).toBe('unknown-flag');
    expect(mistakeWith({ flags: [1] })[0]).toBe('unknown-flag');
    expect(mistakeWith({ flags: 'P2SH' })).toEqual(['bad-argument', 'flags must be an array, not "P2SH"']);
    const needs = (...flags: string[]) => mistakeWith({ flags });
    expect(needs('WITNESS')).toEqual(['flag-combination', 'script flag WITNESS needs P2SH']);
    expect(needs('TAPROOT', 'P2SH')).toEqual(['flag-combination', 'script flag TAPROOT needs WITNESS']);
    expect(needs('CLEANSTACK', 'P2SH')).toEqual(['flag-combination', 'script flag CLEANSTACK needs WITNESS']);
  });

  it('has no request', () => {
    expect(mistakeIn(undefined)).toEqual(['bad-argument', 'request must be an object, not undefined']);
    expect(mistakeIn(null)).toEqual(['bad-argument', 'request must be an object, not null']);
    expect(mistakeIn(PAYMENT_170.toString('latin1'))[0]).toBe('bad-argument');
  });
});

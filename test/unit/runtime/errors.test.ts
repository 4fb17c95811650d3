import { describe, expect, it } from 'vitest';
import { AssertionFailure, assert, defined, errorMessage } from '../../../src/runtime/errors.js';

describe('assertions', () => {
  it('pass what holds and throw what does not', () => {
    assert(1, 'truth');
    expect(defined(0, 'zero')).toBe(0);
    expect(defined('', 'empty')).toBe('');
    expect(() => assert(0, 'it holds')).toThrow(new AssertionFailure('it holds'));
    expect(() => defined(undefined, 'coin')).toThrow(new AssertionFailure('missing: coin'));
    expect(() => defined(null, 'coin')).toThrow(AssertionFailure);
  });
});

describe('the text of what was thrown', () => {
  it.each([
    [new Error('why'), 'why'],
    ['plain', 'plain'],
    [undefined, 'undefined'],
    [42, '42'],
  ])('%s', (thrown, text) => {
    expect(errorMessage(thrown)).toBe(text);
  });
});

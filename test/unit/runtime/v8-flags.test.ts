import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';
import { expect, it } from 'vitest';
import { collectAlone, FLAGS } from '../../../src/runtime/v8-flags.js';

// The tag stands for all flags that are not as they are in V8 itself, if compiled code depends on them.

it.each(Object.entries(FLAGS))('%s is %i if it is not set', (flag, value) => {
  const before = cachedDataVersionTag();
  setFlagsFromString(`${flag}=${value + 1}`);
  expect(cachedDataVersionTag()).not.toBe(before);
  setFlagsFromString(`${flag}=${value}`);
  expect(cachedDataVersionTag()).toBe(before);
});

it('who collects young objects does not matter to compiled code', () => {
  const before = cachedDataVersionTag();
  collectAlone();
  expect(cachedDataVersionTag()).toBe(before);
});

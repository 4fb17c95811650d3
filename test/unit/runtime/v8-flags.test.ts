import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';
import { expect, it } from 'vitest';
import { FLAGS } from '../../../src/runtime/v8-flags.js';

it.each(Object.entries(FLAGS))('%s is %i if it is not set', (flag, value) => {
  // The tag stands for all flags that are not as they are in V8 itself.
  const before = cachedDataVersionTag();
  setFlagsFromString(`${flag}=${value + 1}`);
  expect(cachedDataVersionTag()).not.toBe(before);
  setFlagsFromString(`${flag}=${value}`);
  expect(cachedDataVersionTag()).toBe(before);
});

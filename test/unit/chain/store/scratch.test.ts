import { expect, it } from 'vitest';
import { Scratch } from '../../../../src/chain/store/scratch.js';

it('views of the same length are the same, over the same bytes', () => {
  const scratch = new Scratch(8);
  const view = scratch.view(3);
  view.set([1, 2, 3]);
  expect(scratch.view(3)).toBe(view);
  expect([...scratch.view(5)]).toEqual([1, 2, 3, 0, 0]);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CopySpace } from '../../../../src/chain/store/copy-space.js';
import { Scratch } from '../../../../src/chain/store/scratch.js';
import { toHex } from '../../../../src/primitives/bytes.js';

it('copies are what they are of until the space is used again, however much there is', () => {
  const lots = fc.array(fc.array(fc.uint8Array({ maxLength: 900 }), { maxLength: 30 }), { maxLength: 5 });
  fc.assert(
    fc.property(lots, lots => {
      const space = new CopySpace();
      for (const lot of lots) {
        const copies = lot.map(given => {
          const source = Uint8Array.from(given);
          const copy = space.copy(source);
          source.fill(0);
          return copy;
        });
        expect(copies.map(toHex)).toEqual(lot.map(toHex));
        space.reuse();
      }
    }),
  );
});

it('a copy may be longer than the space is otherwise', () => {
  const space = new CopySpace();
  const long = Buffer.alloc(300_000, 'long');
  const before = space.copy(Uint8Array.of(1, 2));
  expect(Buffer.compare(space.copy(long), long)).toBe(0);
  expect([...before]).toEqual([1, 2]);
});

it('views of the same length are the same, over the same bytes', () => {
  const scratch = new Scratch(8);
  const view = scratch.view(3);
  view.set([1, 2, 3]);
  expect(scratch.view(3)).toBe(view);
  expect([...scratch.view(5)]).toEqual([1, 2, 3, 0, 0]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  filesOverTarget,
  type PruneGoal,
  type PruneRange,
  prunableFiles,
} from '../../../../src/chain/prune/choose-files.js';
import { type BlockFileInfo, EMPTY_FILE_INFO } from '../../../../src/chain/store/block-store.js';

function fileOf(heightFirst: number, heightLast: number, size: number, undoSize: number): BlockFileInfo {
  return {
    ...EMPTY_FILE_INFO,
    blocks: heightLast - heightFirst + 1,
    heightFirst,
    heightLast,
    size,
    undoSize,
  };
}

const someFile = fc
  .record({ at: fc.nat(200), span: fc.nat(60), size: fc.integer({ min: 1, max: 100 }), undo: fc.nat(20) })
  .map(({ at, span, size, undo }) => fileOf(at, at + span, size, undo));
/** Blocks do not always arrive in order, and files may have been pruned before. */
const someFiles = fc.array(fc.oneof({ weight: 5, arbitrary: someFile }, fc.constant(EMPTY_FILE_INFO)), {
  maxLength: 12,
});
const someRange: fc.Arbitrary<PruneRange> = fc.record({ first: fc.nat(60), last: fc.nat(300) });

const usedBy = (infos: readonly BlockFileInfo[]) =>
  infos.reduce((sum, { size, undoSize }) => sum + size + undoSize, 0);
const without = (infos: readonly BlockFileInfo[], gone: readonly number[]) =>
  infos.filter((_, file) => !gone.includes(file));

/** Whether every block that may be in the file may go. */
function mayGo({ size, heightFirst, heightLast }: BlockFileInfo, { first, last }: PruneRange): boolean {
  if (size === 0) return false;
  for (let height = heightFirst; height <= heightLast; height++) {
    if (height < first || height > last) return false;
  }
  return true;
}

describe('files that may be pruned', () => {
  it('are all those that hold no block outside of the range', () => {
    fc.assert(
      fc.property(someFiles, someRange, (infos, range) => {
        const chosen = new Set(prunableFiles(infos, range));
        for (const [file, info] of infos.entries()) expect(chosen.has(file)).toBe(mayGo(info, range));
      }),
    );
  });

  it('are empty for files pruned before, whatever the range', () => {
    expect(prunableFiles([EMPTY_FILE_INFO, EMPTY_FILE_INFO], { first: 0, last: 1000 })).toEqual([]);
  });
});

describe('files that must go for a target', () => {
  const someGoal = fc.record({ target: fc.nat(900), reserve: fc.nat(200), last: fc.nat(120) });

  it('are the oldest that may go, as few as reach it with the reserve to spare, or all', () => {
    fc.assert(
      fc.property(someFiles, someRange, someGoal, (infos, range, { target, reserve, last }) => {
        // The file that is being filled counts, too, and never goes.
        const used = usedBy(infos) + last;
        const goal: PruneGoal = { used, target, reserve };
        const chosen = filesOverTarget(infos, range, goal);
        const allowed = prunableFiles(infos, range);
        expect(chosen).toEqual(allowed.slice(0, chosen.length));
        const isMet = (gone: readonly number[]) => usedBy(without(infos, gone)) + last + reserve < target;
        if (chosen.length < allowed.length) expect(isMet(chosen)).toBe(true);
        for (let fewer = 0; fewer < chosen.length; fewer++) expect(isMet(chosen.slice(0, fewer))).toBe(false);
      }),
    );
  });

  it('are none while there is room', () => {
    const infos = [fileOf(0, 10, 50, 5), fileOf(11, 20, 50, 5)];
    const range = { first: 0, last: 20 };
    expect(filesOverTarget(infos, range, { used: 110, target: 121, reserve: 10 })).toEqual([]);
    expect(filesOverTarget(infos, range, { used: 110, target: 120, reserve: 10 })).toEqual([0]);
    expect(filesOverTarget(infos, range, { used: 110, target: 65, reserve: 10 })).toEqual([0, 1]);
  });
});

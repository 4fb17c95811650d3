import { describe, expect, it } from 'vitest';
import { xOnly } from '../../../src/crypto/keys.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { TAPROOT_LEAF_TAPSCRIPT } from '../../../src/script/limits.js';
import {
  buildTaproot,
  mergeSpendData,
  mergeTaprootScripts,
  type TaprootLeaf,
  type TaprootOutput,
} from '../../../src/script/taproot.js';
import { inferTaprootTree } from '../../../src/script/taproot-tree.js';
import { testKey } from '../../support/script-keys.js';

const internalKey = xOnly(testKey(1).publicKey);

/** A leaf whose script is one byte, so that scripts are told apart at a glance. */
function leaf(depth: number, name: number, leafVersion: number = TAPROOT_LEAF_TAPSCRIPT): TaprootLeaf {
  return { depth, leafVersion, script: Uint8Array.of(name) };
}

function build(...leaves: TaprootLeaf[]): TaprootOutput {
  return defined(buildTaproot(internalKey, leaves), 'output');
}

function depthsOf(
  leaves: readonly TaprootLeaf[] | undefined,
): [name: number | undefined, depth: number][] | undefined {
  return leaves?.map(({ script, depth }) => [script[0], depth]);
}

describe('the leaves of a taproot tree', () => {
  it('have depths of a binary tree, from left to right', () => {
    expect(build().merkleRoot).toBeUndefined();
    expect(build(leaf(0, 1)).scripts).toHaveLength(1);
    expect(build(leaf(1, 1), leaf(1, 2)).scripts).toHaveLength(2);
    expect(build(leaf(2, 1), leaf(2, 2), leaf(1, 3)).scripts).toHaveLength(3);
  });

  it.each([
    ['one below the root with no other', [1]],
    ['a second one at the root', [0, 0]],
    ['a third one when two are the whole tree', [1, 1, 1]],
    ['one that leaves a gap on its left', [2, 1]],
    ['one that leaves a gap on its right', [1, 2]],
    ['one above the root', [-1]],
    ['one deeper than 128 steps', [129]],
  ])('are none with %s', (_, depths) => {
    expect(
      buildTaproot(
        internalKey,
        depths.map((depth, i) => leaf(depth, i)),
      ),
    ).toBeUndefined();
  });

  it('need an internal key on the curve', () => {
    expect(buildTaproot(Uint8Array.of(...new Uint8Array(31), 5), [])).toBeUndefined();
  });
});

describe('scripts of a taproot output', () => {
  it('that are in the tree several times have several control blocks, shortest first, then in order', () => {
    const { scripts } = build(leaf(1, 7), leaf(3, 7), leaf(3, 8), leaf(2, 7));
    expect(scripts.map(({ script }) => script[0])).toEqual([7, 8]);
    expect(scripts[0]?.controlBlocks.map(block => (block.length - 33) / 32)).toEqual([1, 2, 3]);
    const { scripts: even } = build(leaf(2, 7), leaf(2, 8), leaf(2, 7), leaf(2, 9));
    const blocks = defined(even[0], 'script').controlBlocks.map(toHex);
    expect(blocks).toHaveLength(2);
    expect(blocks).toEqual(blocks.toSorted());
  });

  it('of two sources become one list, without repeats', () => {
    const whole = build(leaf(1, 1), leaf(1, 2)).scripts;
    const [first, second] = whole;
    expect(mergeTaprootScripts(second ? [second] : [], first ? [first] : [])).toEqual(whole);
    expect(mergeTaprootScripts(whole, whole)).toEqual(whole);
    const merged = mergeSpendData(
      { internalKey: undefined, merkleRoot: undefined, scripts: [] },
      { internalKey, merkleRoot: undefined, scripts: whole },
    );
    expect(merged).toEqual({ internalKey, merkleRoot: undefined, scripts: whole });
    // The same script under another leaf version is another one.
    expect(mergeTaprootScripts(build(leaf(0, 1)).scripts, build(leaf(0, 1, 0xc2)).scripts)).toHaveLength(2);
  });
});

describe('a taproot tree put together from its control blocks', () => {
  it('has all leaves at their depths', () => {
    expect(inferTaprootTree(build())).toEqual([]);
    expect(depthsOf(inferTaprootTree(build(leaf(0, 1))))).toEqual([[1, 0]]);
    const tree = inferTaprootTree(build(leaf(2, 1), leaf(3, 2), leaf(3, 3), leaf(1, 4)));
    expect(depthsOf(tree)?.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual([
      [1, 2],
      [2, 3],
      [3, 3],
      [4, 1],
    ]);
  });

  it('has a subtree twice when both halves are equal', () => {
    const tree = inferTaprootTree(build(leaf(2, 1), leaf(2, 2), leaf(2, 1), leaf(2, 2)));
    expect(
      depthsOf(tree)
        ?.map(([name]) => name)
        .toSorted(),
    ).toEqual([1, 1, 2, 2]);
  });

  it('is not known while a part of it is missing, on either side', () => {
    const output = build(leaf(2, 1), leaf(2, 2), leaf(2, 3), leaf(2, 4));
    for (const { script: missing } of output.scripts) {
      const scripts = output.scripts.filter(({ script }) => script !== missing);
      expect(inferTaprootTree({ ...output, scripts })).toBeUndefined();
    }
    expect(inferTaprootTree({ ...output, scripts: [] })).toBeUndefined();
  });

  it('is not that of another output key or internal key', () => {
    const output = build(leaf(0, 1));
    expect(inferTaprootTree({ ...output, outputKey: internalKey })).toBeUndefined();
    const offCurve = Uint8Array.of(...new Uint8Array(31), 5);
    expect(inferTaprootTree({ ...output, internalKey: offCurve })).toBeUndefined();
  });

  it('passes over control blocks that prove nothing', () => {
    const output = build(leaf(1, 1), leaf(1, 2));
    const [first, second] = output.scripts;
    const proof = defined(first?.controlBlocks[0], 'control block');
    const wrong = [
      { leafVersion: -2, script: Uint8Array.of(1), controlBlocks: [proof] },
      { leafVersion: 0x100, script: Uint8Array.of(1), controlBlocks: [proof] },
      { leafVersion: 0xc1, script: Uint8Array.of(1), controlBlocks: [proof] },
      { leafVersion: 0xc2, script: Uint8Array.of(1), controlBlocks: [proof] },
      { leafVersion: 0xc0, script: Uint8Array.of(9), controlBlocks: [proof] },
      { leafVersion: 0xc0, script: Uint8Array.of(1), controlBlocks: [proof.subarray(1)] },
    ];
    expect(inferTaprootTree({ ...output, scripts: [...wrong, ...output.scripts] })).toHaveLength(2);
    expect(inferTaprootTree({ ...output, scripts: [...wrong, ...(second ? [second] : [])] })).toBeUndefined();
  });
});

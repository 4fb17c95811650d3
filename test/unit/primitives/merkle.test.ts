import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sha256, sha256d } from '../../../src/crypto/hash.js';
import { hashFromHex, hashToHex, toHex } from '../../../src/primitives/bytes.js';

interface Result {
  readonly root: string;
  readonly mutated: boolean;
}

/** The tree by its definition. */
function modelRoot(level: readonly Uint8Array[], mutatedBelow = false): Result {
  const [first] = level;
  if (first === undefined) return { root: '00'.repeat(32), mutated: false };
  if (level.length === 1) return { root: toHex(first), mutated: mutatedBelow };
  const next: Uint8Array[] = [];
  let mutated = mutatedBelow;
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] as Uint8Array;
    const right = level[i + 1];
    if (right !== undefined && toHex(left) === toHex(right)) mutated = true;
    next.push(sha256d(Buffer.concat([left, right ?? left])));
  }
  return modelRoot(next, mutated);
}

const leafNumber = (number: number) => sha256(Buffer.from(`leaf ${number}`));
const leafNumbers = (count: number) => Array.from({ length: count }, (_, i) => leafNumber(i));

describe.each(['simd', 'scalar'])('a merkle root, hashes made by the %s backend', setting => {
  let merkleRoot: (leaves: readonly Uint8Array[]) => Result;

  beforeAll(async () => {
    vi.resetModules();
    vi.stubEnv('BLOCKSMITH_SHA256', setting);
    const merkle = await import('../../../src/primitives/merkle.js');
    merkleRoot = leaves => {
      const { root, mutated } = merkle.merkleRoot(leaves);
      return { root: toHex(root), mutated };
    };
  });

  afterAll(() => {
    vi.unstubAllEnvs();
    // Other tests of this process are to have the modules as they are without a setting.
    vi.resetModules();
  });

  it('pairs hashes, the last of an odd number with itself', () => {
    for (let count = 0; count <= 130; count++) {
      const leaves = leafNumbers(count);
      expect(merkleRoot(leaves)).toEqual(modelRoot(leaves));
      expect(merkleRoot(leaves).mutated).toBe(false);
    }
    const many = leafNumbers(20_001);
    expect(merkleRoot(many)).toEqual(modelRoot(many));
  });

  it('notices equal hashes that are paired, in any level, and no others (CVE-2012-2459)', () => {
    // Of two different leaves only, so that subtrees are equal now and then.
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0, 0, 1), { maxLength: 40 }), numbers => {
        const leaves = numbers.map(leafNumber);
        expect(merkleRoot(leaves)).toEqual(modelRoot(leaves));
      }),
    );
    const unlike = [0, 1, 0, 2, 0, 3, 0, 4, 5, 0, 0].map(leafNumber);
    expect(merkleRoot(unlike).mutated).toBe(false);
    expect(merkleRoot([...unlike, leafNumber(0)]).mutated).toBe(true);
  });

  it('is the same when the last subtree is written twice, which is noticed', () => {
    for (let count = 1; count <= 33; count++) {
      const leaves = leafNumbers(count);
      // In a level with an odd number of nodes, the last node of 2^k leaves may be doubled.
      for (let size = 1; size <= count; size *= 2) {
        const isWhole = count % size === 0;
        if (!isWhole || (count / size) % 2 === 0) continue;
        const doubled = merkleRoot([...leaves, ...leaves.slice(-size)]);
        if (count > size) expect(doubled.root).toEqual(merkleRoot(leaves).root);
        expect(doubled.mutated).toBe(true);
      }
    }
  });

  it('of block 100000 is the one in its header', () => {
    const leaves = [
      '8c14f0db3df150123e6f3dbbf30f8b955a8249b62ac1d1ff16284aefa3d06d87',
      'fff2525b8931402dd09222c50775608f75787bd2b87e56995a7bdd30f79702c4',
      '6359f0868171b1d194cbee1af2f16ea598ae8fad666d9b012c8ed2b79a236ec4',
      'e9a66845e05d5abc0ad04ec80f774a7e585c6e8db975962d069a522137b80c1d',
    ].map(hex => hashFromHex(hex) ?? new Uint8Array(0));
    expect(hashToHex(Buffer.from(merkleRoot(leaves).root, 'hex'))).toBe(
      'f3e94742aca4b5ef85488dc37c06c3282295ffec960994b2c0d5ac2a25a95766',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/crypto/hash.js';
import { bytesEqual, toHex } from '../../../src/primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../../../src/primitives/codec.js';
import { merkleRoot } from '../../../src/primitives/merkle.js';
import { PartialMerkleTree } from '../../../src/primitives/partial-merkle-tree.js';

function leaves(count: number) {
  return Array.from({ length: count }, (_, i) => sha256(Buffer.from(`leaf ${i}`)));
}

function roundTrip(tree: PartialMerkleTree): PartialMerkleTree {
  const writer = new Writer();
  tree.write(writer);
  const reader = new Reader(writer.finish());
  const read = PartialMerkleTree.read(reader);
  reader.finish();
  return read;
}

describe('a partial merkle tree (BIP37)', () => {
  it('proves the leaves it was made for, in order, under the root of all', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 70 }), wanted => {
        const all = leaves(wanted.length);
        const tree = roundTrip(PartialMerkleTree.build(all, index => wanted[index] === true));
        const extracted = tree.extract();
        expect(tree.leafCount).toBe(all.length);
        expect(extracted?.root).toEqual(merkleRoot(all).root);
        expect(extracted?.proven).toEqual(all.filter((_, index) => wanted[index]));
      }),
    );
  });

  it('proves nothing else when it is changed', () => {
    const all = leaves(7);
    const known = new Set(all.map(toHex));
    const root = merkleRoot(all).root;
    const writer = new Writer();
    PartialMerkleTree.build(all, index => index === 3).write(writer);
    const bytes = writer.finish();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ flip;
        let extracted: ReturnType<PartialMerkleTree['extract']>;
        try {
          extracted = PartialMerkleTree.read(new Reader(changed)).extract();
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(DecodeError);
          return;
        }
        // A changed bit may add the leaf beside, whose hash is in the proof: that one is in the tree as well.
        if (extracted === undefined || !bytesEqual(extracted.root, root)) return;
        for (const leaf of extracted.proven) expect(known.has(toHex(leaf))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses to prove a leaf twice by equal halves (CVE-2012-2459)', () => {
    const [leaf] = leaves(1);
    const twice = [leaf, leaf] as Uint8Array[];
    expect(roundTrip(PartialMerkleTree.build(twice, () => true)).extract()).toBeUndefined();
  });

  it('of nothing proves nothing', () => {
    expect(roundTrip(PartialMerkleTree.build([], () => true)).extract()).toBeUndefined();
  });
});

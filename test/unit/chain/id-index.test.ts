import { describe, expect, it } from 'vitest';
import { IdIndex, type Numbered } from '../../../src/chain/id-index.js';
import { saltedHash } from '../../../src/crypto/salted-hash.js';

/** Names under numbers. */
class Names implements Numbered<string> {
  constructor(private readonly names: readonly string[]) {}

  isOf(id: number, name: string): boolean {
    return this.names[id] === name;
  }
}

const NAMES = Array.from({ length: 20_000 }, (_, i) => `name ${i}`);

/** Two names share each hash, so that names are looked at. */
function hashOf(name: string): number {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, Number(name.slice(5)) >> 1);
  return saltedHash(bytes, 0, 0);
}

function filled(count: number): IdIndex<string> {
  const index = new IdIndex(new Names(NAMES));
  for (let id = 0; id < count; id++) index.add(hashOf(NAMES[id] as string), id);
  return index;
}

const missing = (index: IdIndex<string>, from: number, to: number) =>
  NAMES.slice(from, to).filter((name, i) => index.find(hashOf(name), name) !== from + i);

describe('IdIndex', () => {
  it('finds all that was added, and nothing else', () => {
    const index = filled(15_000);
    expect(index.size).toBe(15_000);
    expect(missing(index, 0, 15_000)).toEqual([]);
    expect(NAMES.slice(15_000).filter(name => index.find(hashOf(name), name) !== -1)).toEqual([]);
  });

  it('loses nothing but what is removed', () => {
    const index = filled(15_000);
    for (let id = 0; id < 15_000; id += 3) index.remove(hashOf(NAMES[id] as string), id);
    const found = NAMES.filter((name, id) => index.find(hashOf(name), name) === id);
    expect(found).toEqual(NAMES.slice(0, 15_000).filter((_, id) => id % 3 !== 0));
  });

  it('takes memory in small steps, and at most 22 bytes for each of many', () => {
    const index = filled(0);
    let step = 0;
    for (let id = 0; id < NAMES.length; id++) {
      const before = index.bytes;
      index.add(hashOf(NAMES[id] as string), id);
      step = Math.max(step, index.bytes - before);
    }
    expect(step).toBeLessThan(70_000);
    expect(index.bytes / index.size).toBeLessThan(22);
  });

  it('has clones that go their own way', () => {
    const index = filled(7000);
    const copy = index.clone(new Names(NAMES));
    for (let id = 7000; id < 15_000; id++) copy.add(hashOf(NAMES[id] as string), id);
    index.remove(hashOf(NAMES[0] as string), 0);
    expect(missing(copy, 0, 15_000)).toEqual([]);
    expect(missing(index, 1, 7000)).toEqual([]);
    expect([index.size, copy.size]).toEqual([6999, 15_000]);
    expect(index.find(hashOf('name 7000'), 'name 7000')).toBe(-1);
  });
});

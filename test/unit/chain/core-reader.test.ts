import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  curveY,
  type Output,
  outputBytes,
  readAmount,
  readOutput,
} from '../../support/core-reader/compression.js';
import { Cursor, varIntBytes } from '../../support/core-reader/cursor.js';
import { readXorKey, xor } from '../../support/core-reader/flat-files.js';
import { hex } from '../../support/core-reader/hashing.js';

const folder = fileURLToPath(new URL('../../support/core-reader/', import.meta.url));
const bytes = (text: string) => Buffer.from(text, 'hex');

describe('the reader of data directories', () => {
  it('shares no code with what writes them', () => {
    const imports = readdirSync(folder).flatMap(name =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from),
    );
    const foreign = imports.filter(from => !/^(\.\/[\w-]+\.js|node:[\w/]+|classic-level)$/.test(from ?? ''));
    expect(foreign).toEqual([]);
    expect(imports.length).toBeGreaterThan(20);
  });

  // The examples in the comments of Core's serialize.h.
  it.each([
    [0n, '00'],
    [1n, '01'],
    [127n, '7f'],
    [128n, '8000'],
    [255n, '807f'],
    [256n, '8100'],
    [16_383n, 'fe7f'],
    [16_384n, 'ff00'],
    [16_511n, 'ff7f'],
    [65_535n, '82fe7f'],
    [2n ** 32n, '8efefeff00'],
  ])('reads and writes the number %s as %s', (value, text) => {
    expect(new Cursor(bytes(text)).varInt()).toBe(value);
    expect(hex(Uint8Array.from(varIntBytes(value)))).toBe(text);
  });

  // Those of Core's compress_tests.
  it.each([
    [0n, 0n],
    [1n, 1n],
    [1_000_000n, 7n],
    [100_000_000n, 9n],
    [5_000_000_000n, 50n],
    [2_100_000_000_000_000n, 21_000_000n],
  ])('reads and writes the amount %s as %s', (amount, code) => {
    const written = Uint8Array.from(varIntBytes(code));
    expect(readAmount(new Cursor(written))).toBe(amount);
    const output: Output = { value: amount, script: new Uint8Array(0) };
    expect(hex(Uint8Array.from(outputBytes(output)))).toBe(`${hex(written)}06`);
  });

  it('has its own square roots', () => {
    const x = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n;
    const y = 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n;
    expect(curveY(x, false)).toBe(y);
    expect(curveY(x, true)).not.toBe(y);
    // 5³ + 7 has no root.
    expect(curveY(5n, false)).toBeUndefined();
  });

  it("reads Core's example of a coin", () => {
    const { value, script } = readOutput(new Cursor(bytes('835800816115944e077fe7c803cfa57f29b36bf87c1d35')));
    expect([value, hex(script)]).toEqual([
      60_000_000_000n,
      '76a914816115944e077fe7c803cfa57f29b36bf87c1d3588ac',
    ]);
  });

  it('takes a key off by the place in the file', () => {
    expect([...xor(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 255), 7)]).toEqual([254, 3, 3]);
    expect(() => readXorKey(folder)).toThrow('xor.dat');
  });

  it.each(['fd0000', 'fdfc00', 'feffff0000', 'ffffffffff00000000'])('refuses %s for a length', text => {
    expect(() => new Cursor(bytes(text)).compactSize()).toThrow('shortest form');
  });
});

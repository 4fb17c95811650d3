import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, signed, unsigned } from '../../../../src/crypto/wasm/builder/bytes.js';
import {
  add,
  anyBit,
  greater,
  type I32,
  i32,
  i32Add,
  i32And,
  i32Less,
  i32Load,
  i32Store,
  load,
  loadSplat,
  shiftLeft,
  shiftRight,
  shuffleLanes,
  splat,
  store,
  zeros,
} from '../../../../src/crypto/wasm/builder/instructions.js';
import { ModuleBuilder } from '../../../../src/crypto/wasm/builder/module-builder.js';
import { instantiate } from '../../../../src/crypto/wasm/engine.js';
import { hasVectors } from '../../../../src/crypto/wasm/vectors.js';

describe('LEB128', () => {
  it('writes the examples of its definition', () => {
    expect(unsigned(624_485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(signed(-123_456)).toEqual([0xc0, 0xbb, 0x78]);
    expect([0, 127, 128, 2 ** 32 - 1].map(unsigned)).toEqual([
      [0],
      [127],
      [0x80, 1],
      [0xff, 0xff, 0xff, 0xff, 0x0f],
    ]);
    expect([0, 63, 64, -64, -65].map(signed)).toEqual([[0], [63], [0xc0, 0], [0x40], [0xbf, 0x7f]]);
  });

  it('is read back by the engine as the number that it was', () => {
    fc.assert(
      fc.property(fc.integer(), value => {
        const module = new ModuleBuilder(0);
        module.exported('value', { parameters: 0, result: true }).return(i32(value));
        expect(instantiate(module.finish()).exported('value')()).toBe(value);
      }),
      { numRuns: 50 },
    );
  });
});

it('a writer of bytes grows', () => {
  const writer = new ByteWriter();
  const expected: number[] = [];
  for (let i = 0; i < 3000; i++) {
    writer.bytes([i & 0xff, 1, 2]);
    expected.push(i & 0xff, 1, 2);
  }
  expect([...writer.finish()]).toEqual(expected);
  expect([...new ByteWriter().sized(new Uint8Array(5000)).finish().subarray(0, 2)]).toEqual(unsigned(5000));
});

/** What a function of these instructions makes of two numbers. */
function compute(write: (a: I32, b: I32) => I32, a: number, b: number): number {
  const module = new ModuleBuilder(64);
  const f = module.exported('f', { parameters: 2, result: true });
  f.return(write(f.parameter(0), f.parameter(1)));
  return instantiate(module.finish()).exported('f')(a, b);
}

describe('a module', () => {
  it('computes with integers', () => {
    expect(compute(i32Add, 2 ** 31 - 1, 1)).toBe(-(2 ** 31));
    expect(compute(i32And, 0b1100, 0b1010)).toBe(0b1000);
    expect(compute(i32Less, 1, -1)).toBe(1);
    expect(compute(i32Less, -1, 1)).toBe(0);
  });

  it('runs loops and branches, and calls its functions', () => {
    const module = new ModuleBuilder(16);
    const addToMemory = module.function({ parameters: 1 });
    addToMemory.run(i32Store(i32(0), i32Add(i32Load(i32(0)), addToMemory.parameter(0))));
    const sum = module.exported('sumBelow', { parameters: 1, result: true });
    const count = sum.variable(i32(0));
    sum.when(i32Less(sum.parameter(0), i32(1)), () => sum.return(i32(-1)));
    sum.doWhile(
      () => {
        sum.call(addToMemory, count);
        sum.set(count, i32Add(count, i32(1)));
      },
      i32Less(count, sum.parameter(0)),
    );
    sum.return(i32Load(i32(0)));
    const { exported, memory } = instantiate(module.finish());
    expect(exported('sumBelow')(0)).toBe(-1);
    expect(exported('sumBelow')(10)).toBe(45);
    expect(new Int32Array(memory)[0]).toBe(45);
  });

  it('computes with vectors, lane by lane', () => {
    const module = new ModuleBuilder(256);
    const f = module.exported('f', { parameters: 0 });
    const at = i32(0);
    const given = f.variable(load(at));
    f.run(store(at, add(given, splat(i32(5))), 16));
    f.run(store(at, shiftLeft(given, 4), 32));
    f.run(store(at, shiftRight(given, 4), 48));
    f.run(store(at, shuffleLanes(given, load(at, 16), [3, 4, 0, 7]), 64));
    f.run(store(at, greater(given, zeros()), 80));
    f.run(store(at, loadSplat(at, 4), 96));
    const any = module.exported('any', { parameters: 1, result: true });
    any.return(anyBit(splat(any.parameter(0))));
    const instance = instantiate(module.finish());
    const memory = new Int32Array(instance.memory);
    memory.set([1, -16, 0x7fffffff, 0]);
    instance.exported('f')();
    const row = (number: number) => [...memory.subarray(4 * number, 4 * number + 4)];
    expect(row(1)).toEqual([6, -11, -(2 ** 31) + 4, 5]);
    expect(row(2)).toEqual([16, -256, -16, 0]);
    expect(row(3)).toEqual([0, 0x0fffffff, 0x07ffffff, 0]);
    expect(row(4)).toEqual([0, 6, 1, 5]);
    expect(row(5)).toEqual([-1, 0, -1, 0]);
    expect(row(6)).toEqual([-16, -16, -16, -16]);
    expect(instance.exported('any')(0)).toBe(0);
    expect(instance.exported('any')(4)).toBe(1);
  });

  it('has what it exports and nothing else', () => {
    const module = new ModuleBuilder(65_537);
    module.function({ parameters: 0 });
    const instance = instantiate(module.finish());
    expect(instance.memory.byteLength).toBe(2 * 65_536);
    expect(() => instance.exported('f')).toThrow('an exported function f');
  });
});

it('vectors run on the engines that tests run on', () => {
  expect(hasVectors()).toBe(true);
});

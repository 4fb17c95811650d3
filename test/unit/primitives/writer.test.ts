import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reader, Writer } from '../../../src/primitives/codec.js';

describe('a writer that has to grow', () => {
  it('keeps every kind of value whole, wherever the end of its buffer falls', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.uint8Array({ maxLength: 60 }), (filled, bytes) => {
        const writer = new Writer(16).bytes(new Uint8Array(filled));
        writer.u8(1).u16(2).u16be(3).u32(4).i32(-5).u64(6n).i64(-7n).amount(8).varBytes(bytes);
        const reader = new Reader(writer.finish(), filled);
        const read = [reader.u8(), reader.u16(), reader.u16be(), reader.u32(), reader.i32(), reader.u64()];
        expect([...read, reader.i64(), reader.amount()]).toEqual([1, 2, 3, 4, -5, 6n, -7n, 8]);
        expect(Buffer.from(reader.varBytes())).toEqual(Buffer.from(bytes));
        expect(reader.isDone).toBe(true);
      }),
    );
  });
});

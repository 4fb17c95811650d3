import fc from 'fast-check';
import { expect } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import { DecodeError, Reader } from '../../../src/primitives/codec.js';

/** A way to write values as bytes and to have them back. */
export interface CodecUnderTest<T> {
  readonly values: fc.Arbitrary<T>;
  encode(value: T): Uint8Array;
  /** Reads from the start of `bytes`. */
  decode(bytes: Uint8Array): T;
  /** What tells values apart. By default the value itself, with byte arrays and what is made of them in hex. */
  text?(value: T): unknown;
  /** Whether bytes after a value are an error, or are left to the next one. */
  readonly trailing: 'refused' | 'ignored';
  /** Message of an error that says more than that the bytes are no value. */
  readonly refusal?: string;
  /** Cut at each so many bytes away from both ends only, where there is much of the same and reading takes long. */
  readonly cutEvery?: number;
  /** The same value is written in other bytes each time. */
  readonly random?: boolean;
  /** Cases per property; fewer for what is large. */
  readonly numRuns?: number;
}

/** A `decode` out of a function that reads from a {@link Reader}. */
export function reading<T>(read: (reader: Reader) => T): (bytes: Uint8Array) => T {
  return bytes => read(new Reader(bytes));
}

/** A value in a form that compares well: hex for bytes and for what lies over its own bytes. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('raw' in value && value.raw instanceof Uint8Array) return toHex(value.raw);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

/** Each value is had back from its bytes, and there is no other way to write it. */
export function comesBack<T>(codec: CodecUnderTest<T>): void {
  const { values, encode, decode, text = plain, random = false, numRuns = 100 } = codec;
  fc.assert(
    fc.property(values, value => {
      const written = encode(value);
      const read = decode(written);
      expect(text(read)).toEqual(text(value));
      if (!random) expect(toHex(encode(read))).toBe(toHex(written));
    }),
    { numRuns },
  );
}

/** Bytes at either end that are cut one by one whatever a codec says. */
const ENDS = 200;

/** No bytes that end before the value does are taken for one: every proper prefix is a {@link DecodeError}. */
export function refusesEveryTruncation<T>(codec: CodecUnderTest<T>): void {
  const { values, encode, decode, cutEvery = 1, numRuns = 25 } = codec;
  fc.assert(
    fc.property(values, value => {
      const written = encode(value);
      for (let end = 0; end < written.length; end++) {
        if (end > ENDS && end < written.length - ENDS && end % cutEvery !== 0) continue;
        // A copy: nothing may be found behind the end of a view.
        const outcome = outcomeOf(() => decode(written.slice(0, end)));
        if (outcome !== 'DecodeError')
          expect(`${end} bytes of ${written.length}: ${outcome}`).toBe('DecodeError');
      }
    }),
    { numRuns },
  );
}

/** Bytes behind a value are refused, or change nothing. */
export function minds<T>({
  values,
  encode,
  decode,
  trailing,
  text = plain,
  numRuns = 50,
}: CodecUnderTest<T>) {
  fc.assert(
    fc.property(values, fc.uint8Array({ minLength: 1, maxLength: 9 }), (value, more) => {
      const longer = Buffer.concat([encode(value), more]);
      if (trailing === 'refused') expect(outcomeOf(() => decode(longer))).toBe('DecodeError');
      else expect(text(decode(longer))).toEqual(text(value));
    }),
    { numRuns },
  );
}

/** Any bytes at all are read, or refused by a {@link DecodeError}. */
export function throwsNothingElse<T>({ decode, refusal, numRuns = 100 }: CodecUnderTest<T>): void {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), some => {
      const outcome = outcomeOf(() => decode(some));
      if (refusal === undefined || !outcome.includes(refusal))
        expect(['read', 'DecodeError']).toContain(outcome);
    }),
    { numRuns },
  );
}

function outcomeOf(work: () => unknown): string {
  try {
    work();
    return 'read';
  } catch (thrown) {
    return thrown instanceof DecodeError ? 'DecodeError' : String(thrown);
  }
}

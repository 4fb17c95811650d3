import { Writer } from '../../../src/primitives/codec.js';
import type { CodecUnderTest } from './properties.js';

/** A codec with the functions of `src` that it is about. */
export interface Entry {
  readonly name: string;
  readonly covers: readonly string[];
  /** Runs the properties; typed by who wrote the entry. */
  readonly check: (property: <T>(codec: CodecUnderTest<T>) => void) => void;
}

export function entry<T>(name: string, covers: readonly string[], codec: CodecUnderTest<T>): Entry {
  return { name, covers, check: property => property(codec) };
}

export function writing<T>(write: (writer: Writer, value: T) => void): (value: T) => Uint8Array {
  return value => {
    const writer = new Writer();
    write(writer, value);
    return writer.finish();
  };
}

/** Into a buffer that is large enough, as the hot paths write. */
export function putting<T>(size: number, put: (target: Uint8Array, at: number, value: T) => number) {
  return (value: T) => {
    const target = new Uint8Array(size);
    return target.slice(0, put(target, 0, value));
  };
}

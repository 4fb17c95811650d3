import { isUint8Array } from 'node:util/types';
import type { SpentOutput } from '../script/tx-data.js';
import { UsageError } from './usage-error.js';

/** Most characters of a wrong string that an error shows. */
const MAX_SHOWN = 40;

/** A wrong value as an error shows it. Objects are not looked into: their `toString` may do anything. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_SHOWN));
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** What to take the properties of an argument from. */
export function properties(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new UsageError('bad-argument', `${what} must be an object, not ${shown(value)}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** @throws UsageError unless `value` is a Uint8Array that still has its memory */
export function bytesArgument(value: unknown, what: string): Uint8Array {
  if (!isUint8Array(value)) {
    throw new UsageError('not-bytes', `${what} must be a Uint8Array, not ${shown(value)}`);
  }
  if (value.length === 0 && isDetached(value)) {
    throw new UsageError('not-bytes', `${what} has no bytes any more: its buffer was transferred`);
  }
  return value;
}

/** A transferred buffer looks like an empty one, but for this. (`ArrayBuffer.detached` is not in Node.js 20.) */
function isDetached({ buffer }: Uint8Array): boolean {
  try {
    new DataView(buffer);
    return false;
  } catch {
    return true;
  }
}

export function arrayArgument(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new UsageError('bad-argument', `${what} must be an array, not ${shown(value)}`);
  }
  return value;
}

/** A switch that may be left out. */
export function booleanArgument(value: unknown, what: string, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (typeof value === 'boolean') return value;
  throw new UsageError('bad-argument', `${what} must be true or false, not ${shown(value)}`);
}

/** Prevouts as they are needed, one for each input. */
export function prevoutsArgument(value: unknown, inputs: number, what: string): SpentOutput[] {
  const prevouts = arrayArgument(value, what);
  if (prevouts.length !== inputs) {
    const entries = prevouts.length === 1 ? '1 entry' : `${prevouts.length} entries`;
    const needed = inputs === 1 ? 'is 1 input that spends one' : `are ${inputs} inputs that spend one each`;
    throw new UsageError('prevout-count', `${what} has ${entries}, but there ${needed}`);
  }
  return Array.from(prevouts, (prevout, i) => prevoutArgument(prevout, `${what}[${i}]`));
}

/** One output that an input spends. */
function prevoutArgument(prevout: unknown, what: string): SpentOutput {
  const { value, script } = properties(prevout, what);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    const text = `${what}.value must be a whole number of satoshis, 0 or more, not ${shown(value)}`;
    throw new UsageError('prevout-value', text);
  }
  return { value, script: bytesArgument(script, `${what}.script`) };
}

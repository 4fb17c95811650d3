import { setImmediate } from 'node:timers/promises';
import type { AddressParams } from '../../script/address-params.js';
import { type ParsedDescriptor, parseDescriptor } from '../../script/descriptor/parse.js';
import { FlatProvider } from '../../script/signing-provider.js';
import { asInteger, asString, isJsonObject } from '../args.js';
import { RpcCode, RpcError } from '../errors.js';

/** Indexes that one call may derive: each costs a key derivation for every key. */
const MAX_RANGE_SIZE = 1_000_000;

/** Indexes between two turns of the event loop: deriving a key takes up to 0.1 ms. */
export const INDEXES_PER_TURN = 50;

/** Last index of ranged descriptors where none is given. */
const DEFAULT_RANGE_END = 1000;

const INT64_LIMIT = 2 ** 63;
const MAX_INDEX = 2 ** 31 - 1;

export interface DescriptorRange {
  readonly first: number;
  /** Included. */
  readonly last: number;
}

function invalid(text: string): RpcError {
  return new RpcError(RpcCode.INVALID_PARAMETER, text);
}

/** A range given as its end or as `[begin, end]`. @throws RpcError with Core's text when it is neither or too large */
export function parseDescriptorRange(value: unknown): DescriptorRange {
  const { first, last } = parseRange(value);
  if (first < 0) throw invalid('Range should be greater or equal than 0');
  // An end below zero has bits above the 31st, too.
  if (last > MAX_INDEX || last < 0) throw invalid('End of range is too high');
  if (last >= first + MAX_RANGE_SIZE) throw invalid('Range is too large');
  return { first, last };
}

function parseRange(value: unknown): DescriptorRange {
  if (typeof value === 'number') return { first: 0, last: asInteger(value, -INT64_LIMIT, INT64_LIMIT) };
  if (Array.isArray(value) && value.length === 2 && value.every(end => typeof end === 'number')) {
    const [first, last] = value.map(end => asInteger(end, -INT64_LIMIT, INT64_LIMIT));
    if (first !== undefined && last !== undefined) {
      if (first > last) throw invalid('Range specified as [begin,end] must not have begin after end');
      return { first, last };
    }
  }
  throw invalid('Range must be specified as end or as [begin,end]');
}

/** @throws RpcError with what is wrong with the text */
export function requireDescriptor(
  text: string,
  params: AddressParams,
  requireChecksum = false,
): ParsedDescriptor {
  const parsed = parseDescriptor(text, params, { requireChecksum });
  if ('error' in parsed) throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, parsed.error);
  return parsed;
}

export interface ScanObject {
  readonly scripts: readonly Uint8Array[];
  /** What is needed to describe the scripts; with their private keys if asked for. */
  readonly provider: FlatProvider;
}

/**
 * Scripts of a descriptor given as text, or as `{ desc, range }` (Core's EvalDescriptorStringOrObject).
 *
 * @throws RpcError with Core's text
 */
export async function evaluateScanObject(
  value: unknown,
  params: AddressParams,
  { withPrivateKeys = false } = {},
): Promise<ScanObject> {
  const { text, range } = readScanObject(value);
  const { descriptor, privateKeys } = requireDescriptor(text, params);
  const { first, last } = descriptor.isRange ? range : { first: 0, last: 0 };
  const provider = new FlatProvider().merge(privateKeys);
  const scripts: Uint8Array[] = [];
  for (let index = first; index <= last; index++) {
    if (index % INDEXES_PER_TURN === 0) await setImmediate();
    const expansion = descriptor.expand(index, privateKeys);
    if (expansion === undefined) {
      throw new RpcError(
        RpcCode.INVALID_ADDRESS_OR_KEY,
        `Cannot derive script without private keys: '${text}'`,
      );
    }
    provider.merge(expansion.provider);
    if (withPrivateKeys) descriptor.expandPrivate(index, privateKeys, provider);
    scripts.push(...expansion.scripts);
  }
  return { scripts, provider };
}

function readScanObject(value: unknown): { text: string; range: DescriptorRange } {
  const range = { first: 0, last: DEFAULT_RANGE_END };
  if (typeof value === 'string') return { text: value, range };
  if (!isJsonObject(value)) {
    throw invalid('Scan object needs to be either a string or an object');
  }
  if ((value.desc ?? undefined) === undefined) {
    throw invalid('Descriptor needs to be provided in scan object');
  }
  const text = asString(value.desc);
  return (value.range ?? undefined) === undefined
    ? { text, range }
    : { text, range: parseDescriptorRange(value.range) };
}

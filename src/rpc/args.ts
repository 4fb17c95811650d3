import { COIN, isMoney } from '../primitives/amount.js';
import { fromHex, type Hash256, hashFromHex, isHex } from '../primitives/bytes.js';
import { assert } from '../runtime/errors.js';
import { RpcCode, RpcError } from './errors.js';
import { jsonTypeName } from './json.js';
import { isOptional, type Param, type ParamType } from './param.js';

export type JsonObject = { readonly [key: string]: unknown };

const JSON_TYPE_OF: Readonly<Record<ParamType, string | undefined>> = {
  string: 'string',
  hex: 'string',
  number: 'number',
  bool: 'bool',
  amount: undefined,
  range: undefined,
  array: 'array',
  object: 'object',
  'named-options': 'object',
  any: undefined,
  'text-or-json': undefined,
};

/** Name with its aliases, as error texts give it: `verbosity|verbose`. */
export function allNames(param: Param): string {
  return [param.name, ...(param.aliases ?? [])].join('|');
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The arguments of one call, checked against the method's parameters. Getters take the parameter's name; a missing
 * optional one gives undefined (JSON null counts as missing, as in Core).
 */
export class Args {
  constructor(
    private readonly params: readonly Param[],
    private readonly values: readonly unknown[],
  ) {}

  /** Type errors of all arguments in one text, as Core's `Wrong type passed`; undefined when all fit. */
  typeMismatch(): string | undefined {
    let problems: string[] | undefined;
    for (let index = 0; index < this.params.length; index++) {
      const param = this.params[index] as Param;
      const value = this.values[index];
      const expected = JSON_TYPE_OF[param.type];
      const isMissing = value === undefined || value === null;
      if (expected === undefined || (isMissing && isOptional(param)) || jsonTypeName(value) === expected)
        continue;
      problems ??= [];
      problems.push(describeMismatch(index, allNames(param), jsonTypeName(value), expected));
    }
    return problems && `Wrong type passed:\n{\n${problems.join(',\n')}\n}`;
  }

  /** The arguments as given, in order, gaps as null. */
  get positional(): readonly unknown[] {
    return this.values;
  }

  /** Number of arguments given. */
  get count(): number {
    return this.values.length;
  }

  /** The argument as parsed JSON; undefined when missing or null. */
  raw(name: string): unknown {
    const index = this.params.findIndex(param => param.name === name);
    assert(index >= 0, `no parameter ${name}`);
    return this.values[index] ?? undefined;
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  string(name: string): string {
    return asString(this.raw(name));
  }

  optionalString(name: string): string | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : asString(value);
  }

  /** A whole number that fits 32 signed bits, Core's `getInt<int>`. */
  int(name: string): number {
    return asInteger(this.raw(name), -(2 ** 31), 2 ** 31 - 1);
  }

  optionalInt(name: string): number | undefined {
    return this.has(name) ? this.int(name) : undefined;
  }

  /** A whole number of a given range. */
  integer(name: string, least: number, most: number): number {
    return asInteger(this.raw(name), least, most);
  }

  /** A whole number within 64 signed bits (exact within ±2^53). */
  int64(name: string): number {
    return asInteger(this.raw(name), -(2 ** 63), 2 ** 63);
  }

  optionalInt64(name: string): number | undefined {
    return this.has(name) ? this.int64(name) : undefined;
  }

  number(name: string): number {
    const value = this.raw(name);
    if (typeof value !== 'number') throw wrongType(value, 'number');
    return value;
  }

  bool(name: string, fallback: boolean): boolean {
    const value = this.raw(name);
    if (value === undefined) return fallback;
    if (typeof value !== 'boolean') throw wrongType(value, 'bool');
    return value;
  }

  array(name: string): readonly unknown[] {
    return asArray(this.raw(name));
  }

  optionalArray(name: string): readonly unknown[] | undefined {
    return this.has(name) ? this.array(name) : undefined;
  }

  object(name: string): JsonObject {
    return asObject(this.raw(name));
  }

  /** An object argument, empty when missing. */
  options(name: string): JsonObject {
    return this.has(name) ? this.object(name) : {};
  }

  /** A hash in display order. */
  hash(name: string): Hash256 {
    return parseHash(this.raw(name), name);
  }

  hex(name: string): Uint8Array {
    return parseHexArg(this.raw(name), name);
  }

  /** Satoshis from a decimal number of coins. */
  amount(name: string): number {
    return parseAmount(this.raw(name));
  }

  optionalAmount(name: string): number | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : parseAmount(value);
  }

  /** Satoshis per 1000 vbytes from a number of coins; `fallback` when missing. */
  feeRate(name: string, fallback: number): number {
    const value = this.raw(name);
    return value === undefined ? fallback : parseFeeRate(value);
  }

  /** Verbosity given as a number or, as older clients do, as a boolean. */
  verbosity(name: string, fallback: number): number {
    const value = this.raw(name);
    if (value === undefined) return fallback;
    return typeof value === 'boolean' ? Number(value) : asInteger(value, -(2 ** 31), 2 ** 31 - 1);
  }
}

function describeMismatch(index: number, name: string, actual: string, expected: string): string {
  return `    "Position ${index + 1} (${name})": "JSON value of type ${actual} is not of expected type ${expected}"`;
}

function wrongType(value: unknown, expected: string): RpcError {
  return new RpcError(
    RpcCode.TYPE_ERROR,
    `JSON value of type ${jsonTypeName(value)} is not of expected type ${expected}`,
  );
}

export function asString(value: unknown): string {
  if (typeof value !== 'string') throw wrongType(value, 'string');
  return value;
}

export function asBool(value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrongType(value, 'bool');
  return value;
}

export function asArray(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongType(value, 'array');
  return value;
}

export function asObject(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw wrongType(value, 'object');
  return value;
}

/** A whole number of the given range; other numbers are refused with Core's text. */
export function asInteger(value: unknown, least: number, most: number): number {
  if (typeof value !== 'number') throw wrongType(value, 'number');
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RpcError(RpcCode.MISC_ERROR, 'JSON integer out of range');
  }
  return value;
}

/** Core's ParseHashV: 64 hex digits, with its two error texts. */
export function parseHash(value: unknown, name: string): Hash256 {
  const text = asString(value);
  if (text.length !== 64) {
    throw new RpcError(
      RpcCode.INVALID_PARAMETER,
      `${name} must be of length 64 (not ${text.length}, for '${text}')`,
    );
  }
  const hash = hashFromHex(text);
  if (hash === undefined) {
    throw new RpcError(RpcCode.INVALID_PARAMETER, `${name} must be hexadecimal string (not '${text}')`);
  }
  return hash;
}

/** Core's ParseHexV. */
export function parseHexArg(value: unknown, name: string): Uint8Array {
  const text = typeof value === 'string' ? value : '';
  const bytes = isHex(text) && text !== '' ? fromHex(text) : undefined;
  if (bytes === undefined) {
    throw new RpcError(RpcCode.INVALID_PARAMETER, `${name} must be hexadecimal string (not '${text}')`);
  }
  return bytes;
}

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?$/;

/**
 * A decimal number, from JSON number or string, as a whole number of units of 10^-decimals. Undefined when it is no
 * number or has more precision than that.
 */
export function parseFixedPoint(value: unknown, decimals: number): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const match = DECIMAL.exec(String(value));
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  const shift = Number(exponent) - fraction.length + decimals;
  const trimmed = digits.replace(/0+$/, '');
  const zeros = digits.length - trimmed.length + shift;
  if (trimmed === '') return 0;
  if (zeros < 0 || trimmed.length + zeros > 18) return undefined;
  const magnitude = Number(trimmed + '0'.repeat(zeros));
  return sign === '-' ? -magnitude : magnitude;
}

/** Core's AmountFromValue: satoshis within the money range. */
export function parseAmount(value: unknown, decimals = 8): number {
  if (typeof value !== 'number' && typeof value !== 'string') {
    throw new RpcError(RpcCode.TYPE_ERROR, 'Amount is not a number or string');
  }
  const satoshis = parseFixedPoint(value, decimals);
  if (satoshis === undefined) throw new RpcError(RpcCode.TYPE_ERROR, 'Invalid amount');
  if (!isMoney(satoshis)) throw new RpcError(RpcCode.TYPE_ERROR, 'Amount out of range');
  return satoshis;
}

/** Core's ParseFeeRate: satoshis per 1000 vbytes, less than a coin. */
export function parseFeeRate(value: unknown): number {
  const rate = parseAmount(value);
  if (rate < COIN) return rate;
  throw new RpcError(
    RpcCode.INVALID_PARAMETER,
    'Fee rates larger than or equal to 1BTC/kvB are not accepted',
  );
}

/** Refuses members of an options object that are not expected, and those of a wrong JSON type. */
export function checkObject(
  value: JsonObject,
  expected: Readonly<Record<string, 'string' | 'number' | 'bool' | 'array' | 'object' | 'any'>>,
  { allowNull = true, strict = true }: { readonly allowNull?: boolean; readonly strict?: boolean } = {},
): void {
  for (const [key, type] of Object.entries(expected).sort()) {
    const member = value[key] ?? null;
    if (member === null && !allowNull) throw new RpcError(RpcCode.TYPE_ERROR, `Missing ${key}`);
    if (member === null || type === 'any' || jsonTypeName(member) === type) continue;
    throw new RpcError(
      RpcCode.TYPE_ERROR,
      `JSON value of type ${jsonTypeName(member)} for field ${key} is not of expected type ${type}`,
    );
  }
  if (!strict) return;
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(expected, key)) throw new RpcError(RpcCode.TYPE_ERROR, `Unexpected key ${key}`);
  }
}

import { COIN, isMoney } from '../../primitives/amount.js';
import { type Hash256, hashFromHex } from '../../primitives/bytes.js';
import { StartError } from '../../runtime/errors.js';
import type { Settings } from '../options/settings.js';

/** Satoshis from coins as people write them (Core's ParseMoney): `1`, `0.5`, `.5`; undefined for anything else. */
export function parseMoney(text: string): number | undefined {
  const trimmed = text.trim();
  const match = /^(\d{0,10})(?:\.(\d{0,8}))?$/.exec(trimmed);
  if (match === null || trimmed === '') return undefined;
  const [, whole = '', part = ''] = match;
  const satoshis = Number(whole) * COIN + Number(part.padEnd(8, '0'));
  return isMoney(satoshis) ? satoshis : undefined;
}

/** An amount option in coins, as satoshis. @throws StartError with Core's text when it is none */
export function moneyOption(settings: Settings, name: string, fallback: number): number {
  const text = settings.text(name);
  if (text === undefined) return fallback;
  const satoshis = parseMoney(text);
  if (satoshis === undefined) {
    throw new StartError(`Invalid amount for -${name}=<amount>: '${text}'`);
  }
  return satoshis;
}

/**
 * A whole number as strictly as Core reads some (ParseInt32, ParseInt64): decimal digits with a sign at most; undefined
 * for anything else, and beyond so many bits.
 */
export function parseInteger(text: string, bits: 32 | 64): bigint | undefined {
  if (!/^(?:\+?|-)\d+$/.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

/**
 * A number in hex with or without 0x, its last 64 digits; undefined when the option is not given.
 *
 * @throws StartError when it is no hex
 */
export function hexNumberOption(settings: Settings, name: string, what: string): bigint | undefined {
  const text = settings.text(name);
  if (text === undefined) return undefined;
  const digits = text.replace(/^0x/, '');
  if (!/^[0-9a-fA-F]+$/.test(digits)) {
    throw new StartError(`Invalid non-hex (${text}) ${what} value specified`);
  }
  return BigInt(`0x${digits.slice(-64)}`);
}

/**
 * A block hash in display order, read as leniently as Core does: up to the first character that is no hex digit, filled
 * with zeros; text that has none is the zero hash, which no block has.
 */
export function hashOption(settings: Settings, name: string): Hash256 | undefined {
  const text = settings.text(name);
  const digits = text === undefined ? undefined : /^\s*(?:0x)?([0-9a-fA-F]*)/i.exec(text)?.[1];
  return digits === undefined ? undefined : hashFromHex(digits.slice(-64).padStart(64, '0'));
}

/** Bytes in hex, none as well; between them may be white space (Core's TryParseHex). Undefined for anything else. */
export function parseHexBytes(text: string): Uint8Array | undefined {
  return /^(?:\s*[0-9a-fA-F]{2})*\s*$/.test(text) ? Buffer.from(text.replace(/\s/g, ''), 'hex') : undefined;
}

/** A port from 1 to 65535, 0 where a free one may be asked for. @throws StartError with Core's text */
export function portOption(settings: Settings, name: string, fallback: number): number {
  const text = settings.text(name);
  if (text === undefined) return fallback;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535 || (port === 0 && !allowsAnyPort(name))) {
    throw new StartError(`Invalid port specified in -${name}: '${text}'`);
  }
  return port;
}

/** RPC may listen on a port of the system's choice: the lab reads it from the log. Core refuses 0 for -port. */
function allowsAnyPort(name: string): boolean {
  return name === 'rpcport';
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  k: 1000,
  K: 1024,
  m: 1_000_000,
  M: 1024 ** 2,
  g: 1e9,
  G: 1024 ** 3,
  t: 1e12,
  T: 1024 ** 4,
};

/** Bytes from a number with an optional unit; plain numbers are mebibytes. @throws StartError with Core's text */
export function byteSizeOption(settings: Settings, name: string): number {
  const text = settings.text(name) ?? '0';
  const match = /^(\d+)([kKmMgGtT]?)$/.exec(text);
  if (match === null) throw new StartError(`Unable to parse -${name}: '${text}'`);
  return Number(match[1]) * (SIZE_UNITS[match[2] || 'M'] ?? 1);
}

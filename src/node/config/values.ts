import { COIN, isMoney } from '../../primitives/amount.js';
import { type Hash256, hashFromHex, isHex } from '../../primitives/bytes.js';
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

/** A number in hex with or without 0x; undefined when the option is not given. @throws StartError when it is no hex */
export function hexNumberOption(settings: Settings, name: string, what: string): bigint | undefined {
  const text = settings.text(name);
  if (text === undefined) return undefined;
  const digits = text.replace(/^0x/, '');
  if (!/^[0-9a-fA-F]{1,64}$/.test(digits)) {
    throw new StartError(`Invalid non-hex (${text}) ${what} value specified`);
  }
  return BigInt(`0x${digits}`);
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

export function hexBytesOption(text: string): Uint8Array | undefined {
  return isHex(text) && text !== '' ? Buffer.from(text, 'hex') : undefined;
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

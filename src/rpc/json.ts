import { formatAmount } from '../primitives/amount.js';

/** Satoshis that JSON shows as a number of coins with exactly eight decimals. */
export class JsonAmount {
  constructor(readonly satoshis: number) {}
}

/** A number written exactly as given, for those that a double cannot hold or shows in another form. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** Already serialised JSON, such as the cached answer of a large block. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** What methods return: JSON plus amounts, big integers and raw parts. `undefined` members are left out. */
export type JsonValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | JsonAmount
  | JsonNumber
  | RawJson
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export function amount(satoshis: number): JsonAmount {
  return new JsonAmount(satoshis);
}

/**
 * Serialises a value, compact by default. With `indent`, each level is moved in by that many spaces as Core's
 * `UniValue::write(indent)` does.
 */
export function writeJson(value: JsonValue, indent = 0): string {
  return writeValue(value, indent, 1);
}

function writeValue(value: JsonValue, indent: number, depth: number): string {
  if (value === null || value === undefined) return 'null';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return writeNumber(value);
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      return writeObject(value, indent, depth);
  }
}

function writeObject(value: object & JsonValue, indent: number, depth: number): string {
  if (value instanceof JsonAmount) return formatAmount(value.satoshis);
  if (value instanceof JsonNumber || value instanceof RawJson) return value.text;
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => writeValue(item, indent, depth + 1));
    return wrap('[', items, ']', indent, depth);
  }
  const members: string[] = [];
  const colon = indent === 0 ? ':' : ': ';
  for (const [key, member] of Object.entries(value as { [key: string]: JsonValue })) {
    if (member !== undefined)
      members.push(JSON.stringify(key) + colon + writeValue(member, indent, depth + 1));
  }
  return wrap('{', members, '}', indent, depth);
}

function wrap(open: string, items: readonly string[], close: string, indent: number, depth: number): string {
  if (items.length === 0) return open + (indent === 0 ? '' : `\n${' '.repeat(indent * (depth - 1))}`) + close;
  if (indent === 0) return open + items.join(',') + close;
  const inner = `\n${' '.repeat(indent * depth)}`;
  return `${open}${inner}${items.join(`,${inner}`)}\n${' '.repeat(indent * (depth - 1))}${close}`;
}

/** Doubles with at most 16 significant digits, as Core writes them; whole numbers as they are. */
function writeNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(16)));
}

/** UniValue's name of a parsed JSON value's type, for error texts. */
export function jsonTypeName(value: unknown): 'null' | 'bool' | 'object' | 'array' | 'string' | 'number' {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? 'number' : typeof value === 'string' ? 'string' : 'object';
}

import { DumpError } from './dump-error.js';

/** An object of a dump whose fields nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws DumpError when it is no object */
export function recordOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw missing(what, 'an object');
  return value as Fields;
}

/** @throws DumpError when it is no array */
export function listIn(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw missing(name, 'a list');
  return value;
}

/** @throws DumpError when it is no number */
export function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number') throw missing(name, 'a number');
  return value;
}

/** @throws DumpError when it is no truth value */
export function booleanIn(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value !== 'boolean') throw missing(name, 'true or false');
  return value;
}

/** @throws DumpError when it is no text */
export function textIn(fields: Fields, name: string): string {
  return textOf(fields[name], name);
}

/** @throws DumpError when it is no text */
export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw missing(what, 'a text');
  return value;
}

function missing(what: string, kind: string): DumpError {
  return new DumpError('damaged', `the dump is damaged: ${what} is not ${kind}`);
}

/** Something read from a file or a pipe is not what it should be. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Reads a value of a type out of anything. `at` says where it stands, for the error. @throws ShapeError */
export type Shape<T> = (value: unknown, at: string) => T;

type Out<S> = S extends Shape<infer T> ? T : never;

type Shapes = Readonly<Record<string, Shape<unknown>>>;

type Fields<S extends Shapes> = { readonly [K in keyof S]: Out<S[K]> };

export const text: Shape<string> = (value, at) => {
  if (typeof value !== 'string') throw wrong(at, 'text', value);
  return value;
};

/** Any number but NaN and infinities, which JSON cannot hold. */
export const number: Shape<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(at, 'a number', value);
  return value;
};

/** A count, height, size or time: a whole number from 0. */
export const count: Shape<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw wrong(at, 'a whole number from 0', value);
  }
  return value;
};

export const flag: Shape<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw wrong(at, 'true or false', value);
  return value;
};

type Tagged<K extends string, S extends Shapes> = {
  [T in keyof S & string]: { readonly [P in K]: T } & Out<S[T]>;
}[keyof S & string];

/** 64 hex digits: a block's hash or a txid. */
export const hash: Shape<string> = (value, at) => {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw wrong(at, '64 hex digits', value);
  return value;
};

export function oneOf<const T extends string>(...values: readonly T[]): Shape<T> {
  return (value, at) => {
    const found = values.find(known => known === value);
    if (found === undefined) throw wrong(at, `one of ${values.join(', ')}`, value);
    return found;
  };
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, 'a list', value);
    return value.map((one: unknown, index) => item(one, `${at}[${index}]`));
  };
}

export function pair<T>(item: Shape<T>): Shape<readonly [T, T]> {
  const items = list(item);
  return (value, at) => {
    const [first, second, ...more] = items(value, at);
    if (first === undefined || second === undefined || more.length > 0) throw wrong(at, 'a pair', value);
    return [first, second];
  };
}

/** An object with these fields, and some that may be absent; others that it has are left out. */
export function record<R extends Shapes, O extends Shapes = Record<never, never>>(
  required: R,
  optional?: O,
): Shape<Fields<R> & Partial<Fields<O>>> {
  const fields = Object.entries(required);
  const more = Object.entries(optional ?? {});
  return (value, at) => {
    const from = object(value, at);
    const given = more.filter(([name]) => from[name] !== undefined);
    const read = [...fields, ...given].map(([name, shape]) => [name, shape(from[name], `${at}.${name}`)]);
    return Object.fromEntries(read) as Fields<R> & Partial<Fields<O>>;
  };
}

/** One of some kinds of objects, by the field `tag`, which tells what else it has. */
export function tagged<K extends string, S extends Readonly<Record<string, Shape<object>>>>(
  tag: K,
  shapes: S,
): Shape<Tagged<K, S>> {
  const kind = oneOf<keyof S & string>(...Object.keys(shapes));
  return (value, at) => {
    const found = kind(object(value, at)[tag], `${at}.${tag}`);
    const fields = shapes[found]?.(value, at);
    return { [tag]: found, ...fields } as Tagged<K, S>;
  };
}

/** Any object, with nothing known of its fields. */
export function object(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(at, 'an object', value);
  return value as Readonly<Record<string, unknown>>;
}

/** How much of a wrong value an error shows. */
const SHOWN_CHARS = 60;

function wrong(at: string, wanted: string, value: unknown): ShapeError {
  const shown = (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN_CHARS);
  return new ShapeError(`${at} must be ${wanted}, not ${shown}`);
}

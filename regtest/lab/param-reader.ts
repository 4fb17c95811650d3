import { isMoney } from '../../src/primitives/amount.js';
import { parseFixedPoint } from '../../src/rpc/args.js';
import { LabError } from '../control/lab-error.js';

/** Longest text of a parameter: names, addresses, paths. Texts of RPC parameters are not read here. */
const MAX_TEXT = 4096;

/** Characters of a wrong value that an error repeats. */
const MAX_SHOWN = 60;

type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function invalid(message: string): LabError {
  return new LabError('invalid', message);
}

/**
 * Parameters of a command as they came in. Each getter reads one by its name: undefined when it is missing, an error when it
 * is not what it should be. {@link refuseOthers} comes last, when all that the command knows were asked for.
 */
export class ParamReader {
  private readonly values: JsonObject;
  private readonly known = new Set<string>();

  /** @throws LabError unless the parameters are a JSON object */
  constructor(
    params: unknown,
    private readonly what: string,
  ) {
    if (!isObject(params)) throw invalid(`the parameters of ${what} are a JSON object`);
    this.values = params;
  }

  /** The value as it is; undefined when missing or null. */
  raw(name: string): unknown {
    this.known.add(name);
    return Object.hasOwn(this.values, name) ? (this.values[name] ?? undefined) : undefined;
  }

  /** All of them, for a command that knows itself what it takes. */
  all(): JsonObject {
    for (const name of Object.keys(this.values)) this.known.add(name);
    return this.values;
  }

  /** A whole number. */
  integer(name: string, least: number, most: number): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    throw this.wrong(name, `a whole number from ${least} to ${most}`, value);
  }

  /** A number; without bounds where somebody else checks what it may be. */
  number(
    name: string,
    least = Number.NEGATIVE_INFINITY,
    most = Number.POSITIVE_INFINITY,
  ): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= least && value <= most) return value;
    const bounds = Number.isFinite(most) ? ` from ${least} to ${most}` : '';
    throw this.wrong(name, `a number${bounds}`, value);
  }

  flag(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.wrong(name, 'true or false', value);
  }

  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value !== '' && value.length <= MAX_TEXT && !value.includes('\0'))
      return value;
    throw this.wrong(name, `a text of 1 to ${MAX_TEXT} characters`, value);
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const word = words.find(known => known === value);
    if (word !== undefined) return word;
    throw this.wrong(name, `one of ${words.join(', ')}`, value);
  }

  /** Satoshis from bitcoins, a number or decimal text; above zero. */
  amount(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const satoshis = parseFixedPoint(value, 8);
    if (satoshis !== undefined && satoshis > 0 && isMoney(satoshis)) return satoshis;
    throw this.wrong(name, 'bitcoins above 0, with at most 8 decimal places', value);
  }

  array(name: string, most: number): readonly unknown[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.length <= most) return value;
    throw this.wrong(name, `a list of at most ${most} entries`, value);
  }

  /** Parameters of a parameter that is an object. */
  object(name: string): ParamReader | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (!isObject(value)) throw this.wrong(name, 'a JSON object', value);
    return new ParamReader(value, `${name} of ${this.what}`);
  }

  /** @throws LabError that names the parameters which nobody has asked for */
  refuseOthers(): void {
    const others = Object.keys(this.values).filter(name => !this.known.has(name));
    if (others.length === 0) return;
    const known = this.known.size === 0 ? 'it takes none' : `it takes ${[...this.known].join(', ')}`;
    throw invalid(`${this.what} has no parameter ${others.map(show).join(', ')}: ${known}`);
  }

  private wrong(name: string, expected: string, value: unknown): LabError {
    return invalid(`${name} must be ${expected}, not ${show(value)}`);
  }
}

/** @throws LabError when a parameter is missing */
export function needed<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw invalid(`${name} is missing`);
  return value;
}

/** A wrong value in an error: short, whatever it is. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

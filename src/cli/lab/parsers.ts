import { InvalidArgumentError } from 'commander';

/** Gives a parser of whole numbers in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}

/** 0 takes a free one. */
export const parsePort = wholeNumber(0, 65_535);

/** Gives a parser of numbers above 0 (or from 0 on) and up to `most`. */
export function positiveNumber(most: number, orZero = false): (text: string) => number {
  return text => {
    const value = parseNumber(text);
    if ((value > 0 || (orZero && value === 0)) && value <= most) return value;
    throw new InvalidArgumentError(`It is a number ${orZero ? 'from 0' : 'above 0,'} up to ${most}.`);
  };
}

/** Gives a parser of words out of a list. */
export function oneOf<T extends string>(words: readonly T[]): (text: string) => T {
  return text => {
    const word = words.find(known => known === text);
    if (word !== undefined) return word;
    throw new InvalidArgumentError(`It is one of ${words.join(', ')}.`);
  };
}

/** A decimal number without sign; NaN for anything else. */
export function parseNumber(text: string): number {
  return /^\d*\.?\d+(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** Parses bitcoins: decimal text, handed on as it is, so that no digit is lost. */
export function parseBitcoins(text: string): string {
  if (/^\d{1,8}(\.\d{1,8})?$/.test(text) && Number(text) > 0) return text;
  throw new InvalidArgumentError('It is a number of bitcoins above 0 with at most 8 decimal places.');
}

/** Numbers with commas between them. */
export function parseNumbers(text: string): readonly number[] {
  const numbers = text.split(',').map(parseNumber);
  if (!numbers.some(Number.isNaN)) return numbers;
  throw new InvalidArgumentError('They are numbers with commas between them, such as 0.6,0.4.');
}

/** Parses nodes with commas between them, one group; those of one command gather. */
export function parseGroup(
  text: string,
  former: readonly (readonly string[])[] = [],
): readonly (readonly string[])[] {
  const group = text.split(',');
  if (group.every(node => node !== '')) return [...former, group];
  throw new InvalidArgumentError('A group is nodes with commas between them, such as 0,1.');
}

import { type Output, outputBytes, readOutput } from './compression.js';
import { Cursor, FormatError, varIntBytes } from './cursor.js';

/** A coin: an output, and where it came from. */
export interface CoinData extends Output {
  readonly height: number;
  readonly coinbase: boolean;
}

/** Coins that a block spent, by transaction (the coinbase left out) and input. */
export function readUndo(bytes: Uint8Array): CoinData[][] {
  const cursor = new Cursor(bytes);
  const undo = cursor.list(() => cursor.list(() => readSpent(cursor)));
  cursor.end();
  return undo;
}

function readSpent(cursor: Cursor): CoinData {
  const code = cursor.varNumber();
  const height = Math.floor(code / 2);
  // Where the version of the transaction once was.
  if (height > 0 && cursor.u8() !== 0) throw new FormatError('the version of a spent coin is not zero');
  return { height, coinbase: code % 2 === 1, ...readOutput(cursor) };
}

function compactSizeBytes(value: number): number[] {
  if (value < 253) return [value];
  if (value > 0xffff) throw new FormatError('more entries than these tests have');
  return [253, value % 256, value >> 8];
}

export function codeBytes({ height, coinbase }: CoinData): number[] {
  return varIntBytes(BigInt(height * 2 + (coinbase ? 1 : 0)));
}

/** The only bytes that Core writes for these coins. */
export function undoBytes(undo: readonly (readonly CoinData[])[]): number[] {
  const coins = (list: readonly CoinData[]) =>
    list.flatMap(coin => [...codeBytes(coin), ...(coin.height > 0 ? [0] : []), ...outputBytes(coin)]);
  return [
    ...compactSizeBytes(undo.length),
    ...undo.flatMap(list => [...compactSizeBytes(list.length), ...coins(list)]),
  ];
}

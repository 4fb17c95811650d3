/** Child numbers from this on are derived from the private parent (BIP32). */
export const HARDENED = 0x80000000;

const MAX_UINT32 = 0xffffffff;

export function isHardened(childNumber: number): boolean {
  return childNumber >= HARDENED;
}

/** A decimal number of 32 bits as Core reads one: digits, an optional plus sign before them. */
export function parseUint32(text: string): number | undefined {
  if (!/^\+?[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return value <= MAX_UINT32 ? value : undefined;
}

/** Splits the mark of hardened derivation off a path element. */
export function splitHardened(element: string): {
  readonly number: string;
  readonly mark: "'" | 'h' | undefined;
} {
  const last = element.at(-1);
  return last === "'" || last === 'h'
    ? { number: element.slice(0, -1), mark: last }
    : { number: element, mark: undefined };
}

/**
 * Reads a path such as `m/84'/0h/5`; the `m` may be left out. Undefined when an element is no number below 2^31 with or
 * without a mark.
 */
export function parseKeyPath(text: string): number[] | undefined {
  if (text === '') return [];
  const elements = text.split('/');
  if (elements[0] === 'm') elements.shift();
  const path: number[] = [];
  for (const element of elements) {
    const { number, mark } = splitHardened(element);
    const value = parseUint32(number);
    if (value === undefined || value >= HARDENED) return undefined;
    path.push(mark === undefined ? value : value + HARDENED);
  }
  return path;
}

/** Writes a path with a slash before each element and none else: empty for no elements. */
export function formatKeyPath(path: readonly number[], apostrophe = false): string {
  const mark = apostrophe ? "'" : 'h';
  return path.map(child => (isHardened(child) ? `/${child - HARDENED}${mark}` : `/${child}`)).join('');
}

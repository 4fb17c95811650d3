import { copy, normalize } from './field';
import { elementFromWords, elementToWords, PRIME } from './field-encoding';
import { invertWords, startModulus } from './inverse';

const MODULUS = memory.data(40, 16);
const NORMAL = memory.data(48, 16);
const BUFFER = memory.data(32, 16);

/** Before the first inverse. */
export function startFieldInverse(): void {
  startModulus(MODULUS, PRIME);
}

/** 1/a modulo p, for any magnitude; zero for zero. The result is in normal form. */
export function invertElement(r: usize, a: usize): void {
  copy(NORMAL, a);
  normalize(NORMAL);
  elementToWords(BUFFER, NORMAL);
  invertWords(BUFFER, BUFFER, MODULUS);
  elementFromWords(r, BUFFER);
}

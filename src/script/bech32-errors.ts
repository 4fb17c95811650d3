/**
 * Finds which symbols of a bech32 text are wrong. The checksum is a BCH code whose generator has the roots
 * e^997, e^998, e^999 in GF(1024), e being a root of x² + 9x + 23 over GF(32). The residue of a faulty text, evaluated
 * at these roots, gives three syndromes; they determine one error, and two errors up to a search over one position.
 */
const FIELD_ORDER = 1023;
const FIRST_ROOT = 997;

/** GF(32) lies in GF(1024) as the powers of e^33. */
const SUBFIELD_INDEX = 33;

const GF32_MODULUS = 0b101001;

function multiplyGf32(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 5; bit++) if ((b >> bit) & 1) product ^= a << bit;
  for (let bit = 8; bit >= 5; bit--) if ((product >> bit) & 1) product ^= GF32_MODULUS << (bit - 5);
  return product;
}

/** Powers of e, and the exponent of every element but zero. An element is its two GF(32) coefficients, high first. */
function makeTables(): { powers: Int16Array; exponents: Int16Array } {
  const powers = new Int16Array(FIELD_ORDER);
  const exponents = new Int16Array(FIELD_ORDER + 1).fill(-1);
  let element = 1;
  for (let exponent = 0; exponent < FIELD_ORDER; exponent++) {
    powers[exponent] = element;
    exponents[element] = exponent;
    const high = element >> 5;
    const low = element & 31;
    element = ((multiplyGf32(high, 9) ^ low) << 5) | multiplyGf32(high, 23);
  }
  return { powers, exponents };
}

const { powers, exponents } = makeTables();

/** e^exponent, for any whole exponent. */
function power(exponent: number): number {
  return powers[((exponent % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER] as number;
}

/** Exponent of a nonzero element. */
function log(element: number): number {
  return exponents[element] as number;
}

/** element · e^exponent */
function shift(element: number, exponent: number): number {
  return element === 0 ? 0 : power(log(element) + exponent);
}

function isInSubfield(exponent: number): boolean {
  return exponent % SUBFIELD_INDEX === 0;
}

type Syndromes = readonly [number, number, number];

function syndromesOf(residue: number): Syndromes {
  const evaluate = (root: number): number => {
    let sum = 0;
    for (let degree = 0; degree < 6; degree++) sum ^= shift((residue >>> (5 * degree)) & 31, root * degree);
    return sum;
  };
  return [evaluate(FIRST_ROOT), evaluate(FIRST_ROOT + 1), evaluate(FIRST_ROOT + 2)];
}

/** An error of value v at position p gives s_j = v·e^(jp), so the three syndromes are a geometric series. */
function looksLikeOneError([s0, s1, s2]: Syndromes): boolean {
  return s0 !== 0 && s1 !== 0 && s2 !== 0 && (2 * log(s1) - log(s2) - log(s0)) % FIELD_ORDER === 0;
}

function locateOne([s0, s1]: Syndromes, length: number): number[] {
  const position = (log(s1) - log(s0) + FIELD_ORDER) % FIELD_ORDER;
  const value = log(s0) + (FIELD_ORDER - FIRST_ROOT) * position;
  return position < length && isInSubfield(value) ? [position] : [];
}

function locateTwo([s0, s1, s2]: Syndromes, length: number): number[] {
  for (let first = 0; first < length; first++) {
    // Multiplying by e^first and adding cancels the first error: what is left is the second one's, times a factor.
    const upper = s2 ^ shift(s1, first);
    const lower = s1 ^ shift(s0, first);
    if (upper === 0 || lower === 0) continue;
    const second = (log(upper) - log(lower) + FIELD_ORDER) % FIELD_ORDER;
    if (second >= length || second === first) continue;
    // Not zero: it is (s1² + s0·s2) / lower, and zero there are only the syndromes of one error, which are not looked at here.
    const lowerOfFirst = s1 ^ shift(s0, second);
    const inverseFactor = FIELD_ORDER - log(power(first) ^ power(second));
    const secondValue = log(lower) + inverseFactor + (FIELD_ORDER - FIRST_ROOT) * second;
    const firstValue = log(lowerOfFirst) + inverseFactor + (FIELD_ORDER - FIRST_ROOT) * first;
    if (isInSubfield(secondValue) && isInSubfield(firstValue)) return [first, second];
  }
  return [];
}

/**
 * Positions, counted from the end of the data part, of the one or two wrong symbols that explain `residue`; empty when
 * no such pair does.
 *
 * @param length symbols in the data part, checksum included
 */
export function locateErrors(residue: number, length: number): number[] {
  const syndromes = syndromesOf(residue);
  return looksLikeOneError(syndromes) ? locateOne(syndromes, length) : locateTwo(syndromes, length);
}

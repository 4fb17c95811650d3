import { type CurveChoice, curve, loadCurve } from '../../src/crypto/curve.js';
import { sha256 } from '../../src/crypto/hash.js';
import { publicKeyOf, signSchnorr, xOnly } from '../../src/crypto/keys.js';
import type { CurveBackend, SchnorrCheck } from '../../src/crypto/secp256k1.js';
import { defined } from '../../src/runtime/errors.js';
import { RUNS } from '../benchmark.js';
import type { Report } from '../report.js';
import { median } from '../statistics.js';

/** Each is measured for so long, in turns with the others, so that all see the same machine. */
const RUN_MS = 200;
/** Time for the engine to compile what is measured. */
const WARM_UP_MS = 400;
const SIGNATURES = 1000;
const BATCH_SIZES = [10, 100, 1000] as const;

interface Measurement {
  readonly name: string;
  /** Checks some signatures, all of them valid, and tells how many. */
  readonly run: () => number;
}

interface EcdsaCheck {
  readonly signature: Uint8Array;
  readonly hash: Uint8Array;
  readonly publicKey: Uint8Array;
}

/**
 * Signature checks a second on one core, by each backend that loads: ECDSA, Schnorr one by one, Schnorr in batches. Every
 * signature is of another key, over another message.
 */
export async function signatures(report: Report): Promise<void> {
  const first = firstMeasurement();
  const others = [...ecdsaMeasurements(), ...schnorrMeasurements()];
  const measured = [first, ...others].map(({ name, run }) => ({ name, run, values: [] as number[] }));
  for (const { run } of measured) rate(run, WARM_UP_MS);
  for (let round = 0; round < RUNS; round++) {
    for (const { run, values } of measured) values.push(rate(run, RUN_MS));
  }
  const [reference] = measured;
  for (const { name, values } of measured) {
    const unit = '/s' as const;
    if (name === first.name || reference === undefined) report.add({ name, unit, values });
    else report.add({ name, unit, values, reference: { name: first.name, value: median(reference.values) } });
  }
}

/** What the others are multiples of. */
function firstMeasurement(): Measurement {
  const backend = defined(loadCurve('wasm'), 'the curve in WebAssembly: run "npm run build" first');
  return schnorrOneByOne('wasm', backend);
}

function ecdsaMeasurements(): Measurement[] {
  const checks = Array.from({ length: SIGNATURES }, (_, number) => ecdsaCheck(number));
  return backends('native', 'wasm', 'noble').map(([choice, backend]) => ({
    name: `ECDSA, ${choice}`,
    run: oneByOne(checks, check => backend.verifyEcdsa(check.signature, check.hash, check.publicKey)),
  }));
}

function schnorrMeasurements(): Measurement[] {
  const batches = backends('wasm').flatMap(([choice, backend]) =>
    BATCH_SIZES.map(size => ({
      name: `Schnorr, ${choice}, ${size} at once`,
      run: () => {
        demand(backend.verifySchnorrBatch(schnorrChecks().slice(0, size)));
        return size;
      },
    })),
  );
  return [
    ...batches,
    ...backends('native', 'noble').map(([choice, backend]) => schnorrOneByOne(choice, backend)),
  ];
}

function schnorrOneByOne(choice: CurveChoice, backend: CurveBackend): Measurement {
  const run = oneByOne(schnorrChecks(), check =>
    backend.verifySchnorr(check.signature, check.message, check.xOnlyKey),
  );
  return { name: `Schnorr, ${choice}`, run };
}

function backends(...choices: readonly CurveChoice[]): [CurveChoice, CurveBackend][] {
  return choices.flatMap(choice => {
    const backend = loadCurve(choice);
    return backend === undefined ? [] : [[choice, backend] satisfies [CurveChoice, CurveBackend]];
  });
}

/** Checks the next in turn, so that a run may be short even where a check is slow. */
function oneByOne<T>(checks: readonly T[], isValid: (check: T) => boolean): () => number {
  let next = 0;
  return () => {
    demand(isValid(defined(checks[next], 'signature')));
    next = (next + 1) % checks.length;
    return 1;
  };
}

/** Checks a second of the processor's time: what else runs on the machine does not count. */
function rate(run: () => number, milliseconds: number): number {
  const before = process.cpuUsage();
  const end = performance.now() + milliseconds;
  let checks = 0;
  while (performance.now() < end) checks += run();
  const { user, system } = process.cpuUsage(before);
  return (checks / (user + system)) * 1e6;
}

function demand(valid: boolean): void {
  if (!valid) throw new Error('a valid signature was refused');
}

function ecdsaCheck(number: number): EcdsaCheck {
  const privateKey = sha256(Buffer.from(`ECDSA ${number}`));
  const hash = sha256(privateKey);
  const { signature } = defined(curve.signRecoverable(hash, privateKey, undefined), 'signature');
  return { signature, hash, publicKey: publicKeyOf(privateKey, true) };
}

let madeSchnorrChecks: readonly SchnorrCheck[] | undefined;

function schnorrChecks(): readonly SchnorrCheck[] {
  madeSchnorrChecks ??= Array.from({ length: SIGNATURES }, (_, number) => schnorrCheck(number));
  return madeSchnorrChecks;
}

function schnorrCheck(number: number): SchnorrCheck {
  const privateKey = sha256(Buffer.from(`Schnorr ${number}`));
  const message = sha256(privateKey);
  const signature = defined(signSchnorr(privateKey, message, new Uint8Array(32)), 'signature');
  return { signature, message, xOnlyKey: xOnly(publicKeyOf(privateKey, true)) };
}

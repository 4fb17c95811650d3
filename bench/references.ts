import { fork, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { verifyEcdsaDer } from '../src/crypto/ecdsa.js';
import { sha256 } from '../src/crypto/hash.js';
import { publicKeyOf, signEcdsa } from '../src/crypto/keys.js';
import { median } from './statistics.js';

/*
 * Simple things that are measured in the same run as what a benchmark is about. A figure as a multiple of its reference
 * says about the same on a slower machine, or on one that is busy.
 */

const REPEATS = 5;

/** Milliseconds that `node -e 0` takes. */
export function bareStartMs(): number {
  return median(
    repeat(() => {
      const started = performance.now();
      spawnSync(process.execPath, ['-e', '0']);
      return performance.now() - started;
    }),
  );
}

/** Resident memory of Node.js with nothing to do, in MB. */
export function bareRssMb(): number {
  const { stdout } = spawnSync(process.execPath, ['-e', 'console.log(process.memoryUsage.rss())']);
  return Number(stdout.toString()) / 1e6;
}

const VERIFICATIONS = 2000;

/** ECDSA signatures that one thread verifies a second, with nothing else to do. */
export function verifiesPerSecond(): number {
  const key = sha256(Buffer.from('reference'));
  const publicKey = publicKeyOf(key, true);
  const hash = sha256(publicKey);
  const signature = signEcdsa(key, hash);
  return ratePerSecond(VERIFICATIONS, () => verifyEcdsaDer(signature, hash, publicKey));
}

const HASHES = 50_000;

/** Double SHA-256 of 80 bytes with node:crypto that one thread does a second. */
export function hashesPerSecond(): number {
  const header = Buffer.alloc(80, 7);
  return ratePerSecond(HASHES, () =>
    createHash('sha256').update(createHash('sha256').update(header).digest()).digest(),
  );
}

/** A server that only answers, in a process of its own, for what HTTP itself takes. */
export class PlainServer {
  private constructor(
    readonly port: number,
    private readonly end: () => void,
  ) {}

  static async start(): Promise<PlainServer> {
    const child = fork(fileURLToPath(import.meta.url));
    const [port] = (await once(child, 'message')) as [number];
    return new PlainServer(port, () => child.kill());
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

function ratePerSecond(count: number, once: () => unknown): number {
  return median(
    repeat(() => {
      const started = performance.now();
      for (let done = 0; done < count; done++) once();
      return (count / (performance.now() - started)) * 1000;
    }),
  );
}

function repeat(measure: () => number): number[] {
  return Array.from({ length: REPEATS }, measure);
}

// As the process of a plain server.
if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const body = JSON.stringify({ result: 0, error: null, id: 1 });
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      response.setHeader('Content-Length', body.length);
      response.end(body);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.(typeof address === 'object' ? address?.port : undefined);
  });
}

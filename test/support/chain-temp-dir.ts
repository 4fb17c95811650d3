import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory of its own for the running test, removed when that ends. */
export function tempDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'blocksmith-chain-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

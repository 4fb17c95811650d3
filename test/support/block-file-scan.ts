import { openBlockFile } from '../../src/chain/store/block-scan.js';
import type { ScannedBlock } from '../../src/chain/store/block-store.js';

/** The records of a file in the form of block files. */
export async function* scanBlockFile(path: string, magic: Uint8Array): AsyncGenerator<ScannedBlock> {
  const file = await openBlockFile(path, magic);
  try {
    yield* file.scan();
  } finally {
    await file.close();
  }
}

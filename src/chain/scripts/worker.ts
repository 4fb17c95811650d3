import type { ScriptFailure } from '../scripts.js';
import { verifyBatch } from './batch.js';

// Entry of the script-check threads: Piscina calls the default export with each batch.
export default function checkBatch(packed: Uint8Array): ScriptFailure | undefined {
  return verifyBatch(packed);
}

import { BoundedExecutionCache } from '../chain/scripts/execution-cache.js';
import { BoundedSignatureCache } from '../script/signature-cache.js';
import { KnownDescriptors } from '../wallet/keys/known-descriptors.js';

/** Bytes of each of the two caches of scripts: 32,768 entries. */
const SCRIPT_CACHE_BYTES = 1 << 20;

/**
 * What nodes of one process find out once for all of them, because it is the same whoever asks: signatures and scripts
 * that are good, keys and scripts of descriptors. All of it is bounded.
 */
export class SharedWork {
  readonly executionCache = new BoundedExecutionCache(SCRIPT_CACHE_BYTES);
  readonly signatureCache = new BoundedSignatureCache(SCRIPT_CACHE_BYTES);
  readonly knownDescriptors = new KnownDescriptors();
}

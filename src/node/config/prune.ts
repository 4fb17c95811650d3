import type { PruneTarget } from '../../chain/options.js';
import { MIN_PRUNE_TARGET_BYTES } from '../../chain/prune/limits.js';
import { StartError } from '../../runtime/errors.js';
import type { Settings } from '../options/settings.js';

const MIB = 1024 * 1024;

/**
 * -prune: 0 keeps all blocks, 1 lets the operator prune, 550 and more are MiB that block and undo files may take.
 *
 * @throws StartError with Core's texts
 */
export function pruneTarget(settings: Settings): PruneTarget | undefined {
  const mib = settings.int('prune', 0);
  if (mib === 0) return undefined;
  if (settings.bool('txindex', false)) throw new StartError('Prune mode is incompatible with -txindex.');
  if (settings.bool('reindex-chainstate', false)) {
    throw new StartError('Prune mode is incompatible with -reindex-chainstate. Use full -reindex instead.');
  }
  if (mib < 0) throw new StartError('Prune cannot be configured with a negative value.');
  if (mib === 1) return 'manual';
  if (mib * MIB < MIN_PRUNE_TARGET_BYTES) {
    const least = MIN_PRUNE_TARGET_BYTES / MIB;
    throw new StartError(`Prune configured below the minimum of ${least} MiB.  Please use a higher number.`);
  }
  return mib * MIB;
}

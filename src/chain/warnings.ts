import { NO_HEADER } from '../consensus/chain-view.js';
import { unknownRules } from '../consensus/deployments.js';
import { blockWork } from '../primitives/target.js';
import type { ChainWarning, SharedState } from './chain-state.js';
import { isInitialDownload } from './initial-download.js';

/** An invalid chain that is ahead by the work of so many blocks is worth a warning. */
const FORK_WARNING_BLOCKS = 6n;

/**
 * Warns when the network seems to follow a chain that we hold to be invalid.
 *
 * Effects: the warning, set or cleared. Nothing while catching up, when our own chain says little.
 */
export function checkForkWarning(shared: SharedState): void {
  if (isInitialDownload(shared)) return;
  const { tree, links, logger } = shared;
  const { active } = shared.current;
  const invalid = links.bestInvalid;
  const threshold = tree.chainWork(active.tip) + FORK_WARNING_BLOCKS * blockWork(tree.bits(active.tip));
  if (invalid === NO_HEADER || tree.chainWork(invalid) <= threshold) {
    shared.warnings.delete('large-work-invalid-chain');
    return;
  }
  logger.info(
    'CheckForkWarningConditions: Warning: Found invalid chain at least ~6 blocks longer than our best chain.\n' +
      'Chain state database corruption likely.',
  );
  warn(
    shared,
    'large-work-invalid-chain',
    'Warning: We do not appear to fully agree with our peers! You may need to upgrade, or other nodes may need to upgrade.',
  );
}

/**
 * Looks for soft forks that the network signals and we do not know.
 *
 * Effects: the warning, for rules that are in force.
 *
 * @returns what the line about the new tip says of rules that will soon be
 */
export function checkUnknownRules(shared: SharedState): string {
  if (isInitialDownload(shared)) return '';
  const { tree, params, versionBits } = shared;
  const { active } = shared.current;
  const soon: string[] = [];
  for (const { bit, state: threshold } of unknownRules(active.tip, tree, params.consensus, versionBits)) {
    const text = `Unknown new rules activated (versionbit ${bit})`;
    if (threshold === 'active') warn(shared, 'unknown-rules', text);
    else soon.push(text);
  }
  return soon.join(', ');
}

/** Listeners hear of a warning when it comes up; while it holds, once is enough. */
function warn(shared: SharedState, kind: ChainWarning, text: string): void {
  const isNew = !shared.warnings.has(kind);
  shared.warnings.set(kind, text);
  if (isNew) shared.events.emit('warning', text);
}

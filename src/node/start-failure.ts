import { ChainFailure } from '../chain/fatal.js';
import { errorMessage, StartError, UnusableDataError } from '../runtime/errors.js';

/** What is told of a node that cannot go on while it runs. */
export function fatalText(reason: string): string {
  return `Error: A fatal internal error occurred, see debug.log for details: ${reason}`;
}

const REBUILD = 'Please restart with -reindex or -reindex-chainstate to recover.';

/**
 * Why a start failed, as the daemon tells it: in Core's words, then what exactly is damaged where data are. Anything that
 * is no failed start is a bug and shows where it happened.
 */
export function describeFailure(thrown: unknown): string {
  if (thrown instanceof UnusableDataError) {
    const cause = thrown.cause === undefined ? '' : `\n${errorMessage(thrown.cause)}`;
    return `: ${thrown.message}.\n${REBUILD}${cause}`;
  }
  if (thrown instanceof StartError) {
    const cause = thrown.cause instanceof UnusableDataError ? thrown.cause.cause : undefined;
    return `Error: ${thrown.message}${cause === undefined ? '' : `\n${errorMessage(cause)}`}`;
  }
  if (thrown instanceof ChainFailure) return fatalText(thrown.message);
  return `Error: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : errorMessage(thrown)}`;
}

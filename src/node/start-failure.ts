import { errorMessage, StartError, UnusableDataError } from '../runtime/errors.js';

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
  return `Error: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : errorMessage(thrown)}`;
}

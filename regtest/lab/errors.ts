import { errorMessage } from '../../src/runtime/errors.js';
import { LabError } from '../control/lab-error.js';
import { NetworkSplit } from '../network-split.js';
import { RpcCallError, RpcUnreachable } from '../rpc/caller.js';

/** A command ended before it was done, because its caller is gone or the lab ends. */
export class CommandStopped extends Error {
  override readonly name = 'CommandStopped';
}

/** What was thrown while a command ran, as what the caller is told. */
export function asLabError(thrown: unknown): LabError {
  if (thrown instanceof LabError) return thrown;
  const message = errorMessage(thrown);
  if (thrown instanceof RangeError) return new LabError('invalid', message);
  if (thrown instanceof RpcCallError) return new LabError('refused', message, thrown.code);
  if ([RpcUnreachable, CommandStopped, NetworkSplit].some(kind => thrown instanceof kind))
    return new LabError('conflict', message);
  return new LabError('failed', message);
}

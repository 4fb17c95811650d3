import type { LabErrorBody, LabErrorCode } from './protocol.js';

/** What a command of a lab ends with when it cannot do what was asked. */
export class LabError extends Error {
  override readonly name = 'LabError';

  constructor(
    readonly code: LabErrorCode,
    message: string,
    /** The number a node refused with; with `refused` only. */
    readonly rpcCode?: number,
  ) {
    super(message);
  }

  get body(): LabErrorBody {
    const { code, message, rpcCode } = this;
    return rpcCode === undefined ? { code, message } : { code, message, rpcCode };
  }
}

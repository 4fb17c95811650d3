import type { LabCommand, LabCommands, LabErrorBody, LabErrorCode } from '../../control/protocol.js';

/** A command that the lab refused, or that did not reach it. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  constructor(
    readonly code: LabErrorCode | 'unreachable',
    message: string,
    /** The node's own number for it. */
    readonly rpcCode?: number,
  ) {
    super(message);
  }
}

/** Commands to the lab that serves this page. */
export class LabApi {
  constructor(
    /** Kept here and nowhere else. */
    readonly token: string,
    readonly origin: string,
  ) {}

  /** @throws CommandFailed */
  async call<C extends LabCommand>(
    command: C,
    params: LabCommands[C][0],
    signal?: AbortSignal,
  ): Promise<LabCommands[C][1]> {
    const answer = await this.post(command, params, signal);
    if (isObject(answer) && 'result' in answer) {
      // The page and the server are built from one protocol.
      return answer.result as LabCommands[C][1];
    }
    throw errorOf(answer);
  }

  private async post(command: string, params: object, signal: AbortSignal | undefined): Promise<unknown> {
    try {
      const response = await fetch(`${this.origin}/api/${command}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(params),
        ...(signal === undefined ? {} : { signal }),
      });
      return await response.json();
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      throw new CommandFailed('unreachable', 'The lab does not answer.');
    }
  }
}

function errorOf(answer: unknown): CommandFailed {
  const error = isObject(answer) ? answer.error : undefined;
  if (!isErrorBody(error)) return new CommandFailed('failed', 'The lab gave an answer that makes no sense.');
  return new CommandFailed(error.code, error.message, error.rpcCode);
}

function isErrorBody(value: unknown): value is LabErrorBody {
  return isObject(value) && typeof value.code === 'string' && typeof value.message === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What to tell of something that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

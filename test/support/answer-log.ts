import { RpcCaller } from '../../regtest/rpc/caller.js';
import { typeErrors } from './type-check.js';

/** A call that was answered. */
interface Answered {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly result: unknown;
}

const IMPORTS = "import type { RpcResult } from '#regtest/rpc/call-types.js';";

/** Keeps the answers of nodes, and compares them with the types that the library gives to its calls. */
export class AnswerLog {
  private readonly answers: Answered[] = [];

  /** The same calls, whose answers are kept. */
  listenTo(rpc: RpcCaller): RpcCaller {
    return new ListeningCaller(rpc, answered => this.answers.push(answered));
  }

  add(method: string, params: readonly unknown[], result: unknown): void {
    this.answers.push({ method, params, result });
  }

  get methods(): ReadonlySet<string> {
    return new Set(this.answers.map(({ method }) => method));
  }

  /**
   * Writes each answer as a constant of the type that the call has, which the compiler checks: it finds members that the type
   * does not know or that are missing, and values of another kind.
   *
   * @returns what does not fit, with the call
   */
  async misfits(): Promise<string[]> {
    const lines = this.answers.map(
      ({ method, params, result }, index) =>
        `export const a${index}: RpcResult<'${method}', ${literal(params)}> = ${literal(result)};`,
    );
    const errors = await typeErrors([IMPORTS, ...lines]);
    return errors.map(({ line, message }) => {
      const answer = this.answers[line - 1];
      return `${answer?.method} ${JSON.stringify(answer?.params).slice(0, 100)}: ${message}`;
    });
  }
}

/** JSON is code; what is left out is none. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

class ListeningCaller extends RpcCaller {
  constructor(
    private readonly inner: RpcCaller,
    private readonly listener: (answered: Answered) => void,
  ) {
    super();
  }

  wallet(name: string): RpcCaller {
    return new ListeningCaller(this.inner.wallet(name), this.listener);
  }

  async request<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const result = await this.inner.request<T>(method, ...params);
    this.listener({ method, params, result });
    return result;
  }

  close(): void {
    this.inner.close();
  }
}

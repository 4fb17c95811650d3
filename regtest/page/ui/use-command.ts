import { useCallback, useState } from 'preact/hooks';
import type { LabCommand, LabCommands } from '../../control/protocol.js';
import { CommandFailed, messageOf } from '../api/lab-api.js';
import { usePage } from './context.js';

/** How the last command of a control has gone. */
export interface Outcome {
  readonly kind: 'busy' | 'done' | 'error';
  readonly text: string;
}

export interface CommandRunner {
  readonly outcome: Outcome | undefined;
  readonly isBusy: boolean;
  /** Sends a command; `done` says what to tell of its result. Resolves to the result, undefined when it failed. */
  run<C extends LabCommand>(
    command: C,
    params: LabCommands[C][0],
    done?: (result: LabCommands[C][1]) => string,
  ): Promise<LabCommands[C][1] | undefined>;
  /** Says what is wrong without asking the lab. */
  refuse(text: string): void;
}

/** Runs commands of one control, and keeps what became of the last one to be shown beside it. */
export function useCommand(): CommandRunner {
  const { api, refresh } = usePage();
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const run = useCallback(
    async <C extends LabCommand>(
      command: C,
      params: LabCommands[C][0],
      done: (result: LabCommands[C][1]) => string = () => '',
    ): Promise<LabCommands[C][1] | undefined> => {
      if (api === undefined) {
        setOutcome({ kind: 'error', text: 'This is a recording: nothing can be changed.' });
        return undefined;
      }
      setOutcome({ kind: 'busy', text: 'Working…' });
      try {
        const result = await api.call(command, params);
        setOutcome({ kind: 'done', text: done(result) });
        refresh();
        return result;
      } catch (thrown) {
        setOutcome({ kind: 'error', text: errorText(thrown) });
        return undefined;
      }
    },
    [api, refresh],
  );
  const refuse = useCallback((text: string) => setOutcome({ kind: 'error', text }), []);
  return { outcome, isBusy: outcome?.kind === 'busy', run, refuse };
}

function errorText(thrown: unknown): string {
  if (thrown instanceof CommandFailed && thrown.rpcCode !== undefined) {
    return `${thrown.message} (code ${thrown.rpcCode})`;
  }
  return messageOf(thrown);
}

import { useEffect, useRef, useState } from 'preact/hooks';
import { contradiction } from '../../../attacks/attack-request.js';
import { messageOf } from '../../api/lab-api.js';
import { loadTrials, type Trials } from '../../api/trials.js';
import { usePage } from '../../ui/context.js';
import type { Outcome } from '../../ui/use-command.js';
import { labelOf, requestOf } from './attack-fields.js';
import type { AttackChoice } from './attack-form.js';
import { type Sweep, sweepOf } from './sweep.js';

/** Trials at the request's own place, and at those around it. */
export interface SweepResult {
  readonly sweep: Sweep;
  readonly choice: AttackChoice;
  readonly own: Trials | undefined;
  /** By place; grows while the others are run. */
  readonly points: ReadonlyMap<number, Trials>;
}

export interface TrialsRunner {
  readonly result: SweepResult | undefined;
  readonly outcome: Outcome | undefined;
  readonly isBusy: boolean;
  start(choice: AttackChoice, trials: number): void;
  stop(): void;
}

/** Runs trials of an attack, and of the same one at other places of its sweep, one after the other. */
export function useTrials(): TrialsRunner {
  const { api } = usePage();
  const [result, setResult] = useState<SweepResult | undefined>(undefined);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const abort = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const run = async (choice: AttackChoice, trials: number, signal: AbortSignal): Promise<void> => {
    if (api === undefined) throw new Error('This is a recording: there is no lab to ask.');
    const request = requestOf(choice.kind, choice.values, 'trials');
    const wrong = contradiction(request, 'trials', labelOf);
    if (wrong !== undefined) throw new RangeError(`${wrong}.`);
    const sweep = sweepOf(request);
    const points = new Map<number, Trials>();
    const others = sweep.points.filter(x => x !== sweep.own);
    for (const x of [sweep.own, ...others]) {
      setOutcome({ kind: 'busy', text: `${points.size} of ${sweep.points.length} runs done…` });
      points.set(x, await loadTrials(api, sweep.requestAt(x), trials, signal));
      setResult({ sweep, choice, own: points.get(sweep.own), points: new Map(points) });
    }
  };
  return {
    result,
    outcome,
    isBusy: outcome?.kind === 'busy',
    start: (choice, trials) => {
      abort.current?.abort();
      const controller = new AbortController();
      abort.current = controller;
      run(choice, trials, controller.signal).then(
        () => setOutcome(undefined),
        thrown => {
          if (controller.signal.aborted) setOutcome(undefined);
          else setOutcome({ kind: 'error', text: messageOf(thrown) });
        },
      );
    },
    stop: () => abort.current?.abort(),
  };
}

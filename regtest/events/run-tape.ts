import type { RunObserver } from '../headers/run-observer.js';
import type { RunEvent } from './run-event.js';

/** Events of a run that are recorded: some 300 MB. What happens later is left out, the same at every run. */
export const MAX_TAPE_EVENTS = 4_000_000;

/** Takes lines as they come, without their ends. */
export type TakeLine = (line: string) => void;

/** Turns what a run tells its observer into lines, the same for the same run. */
export class RunTape implements RunObserver {
  private events = 0;
  private trials = 0;
  private time = 0;

  /** @param maxTrials those that come after are not recorded */
  constructor(
    private readonly takeLine: TakeLine,
    private readonly maxTrials = Number.POSITIVE_INFINITY,
  ) {}

  at(time: number): void {
    this.time = time;
  }

  trial(): void {
    this.time = 0;
    this.write({ type: 'trial', trial: ++this.trials });
  }

  network(nodes: number): void {
    this.write({ type: 'network', nodes });
  }

  found(block: number, parent: number, height: number, node?: number): void {
    const finder = node === undefined ? {} : { node };
    this.write({ type: 'found', time: this.time, block, parent, height, ...finder });
  }

  announced(block: number, node: number, from: number): void {
    this.write({ type: 'announced', time: this.time, block, node, from });
  }

  accepted(block: number, node: number): void {
    this.write({ type: 'accepted', time: this.time, block, node });
  }

  tip(block: number, node: number, former: number): void {
    this.write({ type: 'tip', time: this.time, block, node, former });
  }

  /** The run is over, or has gone on past what is recorded. */
  end(): void {
    const end: RunEvent = { type: 'end', events: this.events, isCut: this.events >= MAX_TAPE_EVENTS };
    this.takeLine(JSON.stringify(end));
  }

  private write(event: RunEvent): void {
    if (this.events >= MAX_TAPE_EVENTS || this.trials > this.maxTrials) return;
    this.events++;
    this.takeLine(JSON.stringify(event));
  }
}

import { errorMessage } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';

/** What has been started and is to be stopped, last first. */
export class Teardown {
  private readonly steps: { readonly name: string; readonly run: () => Promise<void> | void }[] = [];

  add(name: string, run: () => Promise<void> | void): void {
    this.steps.push({ name, run });
  }

  /** Stops everything. A step that fails is logged and does not keep the others from running; true when none failed. */
  async run(logger: Logger): Promise<boolean> {
    let allWell = true;
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step.run();
      } catch (thrown) {
        allWell = false;
        logger.error(`Stopping ${step.name} failed: ${errorMessage(thrown)}`);
      }
    }
    return allWell;
  }
}

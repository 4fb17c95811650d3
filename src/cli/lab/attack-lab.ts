import type { AttackRequest } from '../../../regtest/index.js';
import { withLab } from './ask.js';
import type { AttackCommandOptions } from './attack-options.js';
import { checkExpectations } from './expect.js';
import { interruptible } from './interrupt.js';
import { liveFigures, summarizeAttack, tellAttack } from './tell-attack.js';
import type { TerminalOptions } from './terminal.js';

/** One attack on the nodes of a running lab. Ctrl-C stops it there as well. */
export async function attackLab(
  request: AttackRequest,
  options: AttackCommandOptions & TerminalOptions & { readonly lab: string },
): Promise<void> {
  await interruptible(signal =>
    withLab(options, async ({ lab, terminal }) => {
      const say = (lines: readonly string[]) => {
        for (const line of lines) terminal.say(line);
      };
      const { seq } = await lab.call('status', {});
      const listening = new AbortController();
      const stop = () => void lab.call('stopAttack', {}).catch(() => {});
      signal.addEventListener('abort', stop, { once: true });
      const told = (async () => {
        for await (const event of lab.events({ since: seq, signal: listening.signal })) {
          if (event.type === 'attack') say(tellAttack(event.event));
          if (event.type === 'attack' && event.event.type === 'end') return;
        }
      })();
      try {
        const outcome = await lab.call('attack', request);
        await told;
        say(summarizeAttack(outcome));
        checkExpectations(options.expect ?? [], liveFigures(outcome), terminal);
        return outcome;
      } finally {
        signal.removeEventListener('abort', stop);
        listening.abort();
        await told.catch(() => {});
      }
    }),
  );
}

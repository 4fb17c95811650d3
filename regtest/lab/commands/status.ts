import type { Command } from '../command.js';

export const status: Command<'status'> = {
  manner: 'look',
  prepare: lab => () => lab.status(),
};

export const down: Command<'down'> = {
  manner: 'look',
  prepare: lab => () => {
    lab.askDown();
    return {};
  },
};

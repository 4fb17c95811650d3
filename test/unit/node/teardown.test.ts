import { expect, it } from 'vitest';
import { Teardown } from '../../../src/node/teardown.js';
import { silentLogger } from '../../../src/runtime/logger.js';

function logged() {
  const errors: string[] = [];
  return { errors, logger: { ...silentLogger, error: (text: string) => errors.push(text) } };
}

it('what was started last stops first, one after the other', async () => {
  const order: string[] = [];
  const teardown = new Teardown();
  for (const name of ['a', 'b', 'c']) {
    teardown.add(name, async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
    });
  }
  expect(await teardown.run(silentLogger)).toBe(true);
  expect(order).toEqual(['c begins', 'c ends', 'b begins', 'b ends', 'a begins', 'a ends']);
});

it('a step that fails keeps no other from running, and is named', async () => {
  const { errors, logger } = logged();
  const ran: string[] = [];
  const teardown = new Teardown();
  teardown.add('first', () => {
    ran.push('first');
  });
  teardown.add('second', () => Promise.reject(new Error('later')));
  teardown.add('third', () => {
    throw new Error('at once');
  });
  expect(await teardown.run(logger)).toBe(false);
  expect(ran).toEqual(['first']);
  expect(errors).toEqual(['Stopping third failed: at once', 'Stopping second failed: later']);
});

it('nothing is stopped twice', async () => {
  let stopped = 0;
  const teardown = new Teardown();
  teardown.add('part', () => {
    stopped++;
  });
  await teardown.run(silentLogger);
  await teardown.run(silentLogger);
  expect(stopped).toBe(1);
});

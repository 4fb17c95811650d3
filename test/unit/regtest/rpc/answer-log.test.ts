import { expect, it } from 'vitest';
import { AnswerLog } from '../../../support/answer-log.js';

const TIP = { height: 3, hash: '00', branchlen: 0, status: 'active' };

it('finds answers that do not fit the types of their calls', async () => {
  const log = new AnswerLog();
  log.add('getblockcount', [], 3);
  log.add('getchaintips', [], [TIP, { ...TIP, status: 'invalid' }]);
  expect(await log.misfits()).toEqual([]);

  log.add('getblockcount', [], '3');
  log.add('getchaintips', [], [TIP, { ...TIP, forkheight: 3 }]);
  log.add('getchaintips', [], [{ height: 3, hash: '00', branchlen: 0 }]);
  log.add('getchaintips', [], [{ ...TIP, status: 'unknown' }]);
  log.add('getblock', ['00', 0], { hash: '00' });
  const misfits = await log.misfits();
  expect(misfits.map(text => text.split('\n')[0])).toEqual([
    "getblockcount []: Type 'string' is not assignable to type 'number'.",
    expect.stringMatching(/^getchaintips \[\]: .*'"forkheight"' does not exist in type 'ChainTip'/),
    expect.stringMatching(/^getchaintips \[\]: Property 'status' is missing/),
    expect.stringMatching(/^getchaintips \[\]: Type '"unknown"' is not assignable to type/),
    `getblock ["00",0]: Type '{ hash: string; }' is not assignable to type 'string'.`,
  ]);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verdictsOf } from './cases.js';
import { InProcessChain } from './in-process.js';
import type { Rules } from './lab.js';
import { BLOCK_RULES } from './list.js';

const groups = new Map<Rules, typeof BLOCK_RULES>(
  [...new Set(BLOCK_RULES.map(({ rules }) => rules))].map(rules => [
    rules,
    BLOCK_RULES.filter(each => each.rules === rules),
  ]),
);

describe('block rules in process', () => {
  for (const [rules, cases] of groups) {
    describe(`under ${rules.name}`, () => {
      let chain: InProcessChain;
      beforeAll(async () => {
        chain = await InProcessChain.start(rules);
      });
      afterAll(() => chain.stop());
      for (const each of cases) {
        it(`${each.topic}: ${each.name}`, async () => {
          expect(await chain.play(each)).toBe(verdictsOf(each));
        });
      }
    });
  }
});

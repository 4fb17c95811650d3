import { describe, expect, it } from 'vitest';
import { SelfishBranch } from '../../../regtest/rules/selfish-branch.js';

/** Heights are given as they come: all agree at height 10, and rival blocks are `h` with their height. */
function branchAt10(...own: readonly string[]): SelfishBranch<string> {
  const branch = new SelfishBranch<string>();
  branch.start(10);
  for (const block of own) expect(branch.found(block)).toEqual({ action: 'keep', publish: [] });
  return branch;
}

describe('the branch of a selfish miner (SM1 of Eyal and Sirer)', () => {
  it('is given up for a longer one', () => {
    const branch = branchAt10();
    expect(branch.saw(11, 'fork')).toEqual({ action: 'adopt', publish: [] });
    expect(branch.tip).toBeUndefined();
  });

  it('of one block is published against a rival, and wins with the next', () => {
    const branch = branchAt10('a1');
    expect(branch.saw(11, 'fork')).toEqual({ action: 'match', publish: ['a1'] });
    expect(branch.publishedTip).toBe('a1');
    expect(branch.found('a2')).toEqual({ action: 'override', publish: ['a2'] });
    expect(branch.attacker).toBe(0);
  });

  it('of one block loses the tie when others find the next on theirs', () => {
    const branch = branchAt10('a1');
    branch.saw(11, 'fork');
    expect(branch.saw(12, 'h11')).toEqual({ action: 'adopt', publish: [] });
  });

  it('of one block is in the chain when others find the next on it', () => {
    const branch = branchAt10('a1');
    branch.saw(11, 'fork');
    expect(branch.saw(12, 'a1').action).toBe('adopt');
    expect(branch.attacker).toBe(0);
  });

  it('of two blocks goes out as a whole against one', () => {
    expect(branchAt10('a1', 'a2').saw(11, 'fork')).toEqual({ action: 'override', publish: ['a1', 'a2'] });
  });

  it('with a greater lead goes out block by block', () => {
    const branch = branchAt10('a1', 'a2', 'a3', 'a4');
    expect(branch.saw(11, 'fork')).toEqual({ action: 'match', publish: ['a1'] });
    expect(branch.saw(12, 'h11')).toEqual({ action: 'match', publish: ['a2'] });
    expect(branch.saw(13, 'h12')).toEqual({ action: 'override', publish: ['a3', 'a4'] });
  });

  it('has its fork above what others have built on', () => {
    const branch = branchAt10('a1', 'a2', 'a3', 'a4');
    branch.saw(11, 'fork');
    // The rival block is on top of a1: a1 is everybody's, and three blocks are left against one.
    expect(branch.saw(12, 'a1')).toEqual({ action: 'match', publish: ['a2'] });
    expect([branch.attacker, branch.honest]).toEqual([3, 1]);
  });

  it('goes out as it is when he ends it', () => {
    const branch = branchAt10('a1', 'a2', 'a3');
    branch.saw(11, 'fork');
    expect(branch.surrender()).toEqual(['a2', 'a3']);
    expect(branch.tip).toBeUndefined();
  });
});

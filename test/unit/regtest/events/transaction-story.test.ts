import { describe, expect, it } from 'vitest';
import type { LabHappening } from '../../../../regtest/events/lab-event.js';
import { TransactionStory } from '../../../../regtest/events/transaction-story.js';

const TX = 'aa'.repeat(32);
const OTHER = 'bb'.repeat(32);
const block = (height: number) => height.toString(16).padStart(64, '0');

const added = (node: number, txid = TX): LabHappening => ({ type: 'txAdded', node, txid, fee: 1, vsize: 1 });
const removed = (node: number, reason: 'block' | 'replaced' | 'conflict' | 'expiry'): LabHappening => ({
  type: 'txRemoved',
  node,
  txid: TX,
  reason,
});
const connected = (node: number, height: number, ...txids: readonly string[]): LabHappening => ({
  type: 'blockConnected',
  node,
  hash: block(height),
  height,
  txids,
});
const disconnected = (node: number, height: number, ...txids: readonly string[]): LabHappening => ({
  type: 'blockDisconnected',
  node,
  hash: block(height),
  height,
  txids,
});
const tip = (node: number, height: number): LabHappening => ({
  type: 'tip',
  node,
  hash: block(height),
  height,
  forkHeight: 0,
});

function storyOf(...happenings: readonly LabHappening[]): TransactionStory {
  const story = new TransactionStory(TX);
  happenings.forEach((what, index) => {
    story.apply({ seq: index + 1, atMs: index, ...what });
  });
  return story;
}

const kinds = ({ steps }: TransactionStory) => steps.map(({ node, kind }) => `${node} ${kind}`);

describe('the story of a transaction', () => {
  it('goes from the mempool into a block, node by node', () => {
    const story = storyOf(
      added(0),
      added(1),
      added(1, OTHER),
      connected(0, 5, OTHER, TX),
      removed(0, 'block'),
      tip(0, 5),
      connected(0, 6),
      tip(0, 6),
    );
    expect(kinds(story)).toEqual(['0 seen', '1 seen', '0 confirmed']);
    expect(story.at(0)).toEqual({
      state: 'confirmed',
      confirmations: 2,
      block: { hash: block(5), height: 5 },
    });
    expect(story.at(1)).toEqual({ state: 'unconfirmed', confirmations: 0 });
    expect(story.at(2)).toEqual({ state: 'unknown', confirmations: 0 });
  });

  it('is reversed by a reorganisation, and returns to the mempool where it can', () => {
    const reorg = [
      added(0),
      connected(0, 5, TX),
      tip(0, 5),
      disconnected(0, 5, TX),
      connected(0, 5),
      tip(0, 6),
    ];
    const lost = storyOf(...reorg);
    expect(kinds(lost)).toEqual(['0 seen', '0 confirmed', '0 reversed']);
    expect(lost.at(0)).toEqual({ state: 'reversed', confirmations: 0 });
    const back = storyOf(...reorg, added(0));
    expect(back.steps.at(-1)?.kind).toBe('returned');
    expect(back.at(0).state).toBe('unconfirmed');
  });

  it('is confirmed again by the other branch', () => {
    const story = storyOf(connected(0, 5, TX), disconnected(0, 5, TX), connected(0, 6, TX), tip(0, 6));
    expect(kinds(story)).toEqual(['0 confirmed', '0 reversed', '0 confirmed']);
    expect(story.at(0)).toMatchObject({ confirmations: 1, block: { height: 6 } });
  });

  it('ends when another one takes its place, or spends its coin in a block', () => {
    expect(storyOf(added(0), removed(0, 'replaced')).at(0).state).toBe('replaced');
    expect(storyOf(added(0), connected(0, 5, OTHER), removed(0, 'conflict')).at(0).state).toBe('conflicted');
    expect(storyOf(added(0), removed(0, 'expiry')).at(0).state).toBe('dropped');
  });

  it('tells why a mempool let go of it', () => {
    expect(storyOf(added(0), removed(0, 'expiry')).steps.at(-1)).toMatchObject({ reason: 'expiry' });
    expect(storyOf(added(0), removed(0, 'block')).steps.at(-1)).not.toHaveProperty('reason');
  });

  it('keeps its last steps when there are too many, and knows how things stand all the same', () => {
    const story = new TransactionStory(TX, 10);
    for (let seq = 1; seq <= 50; seq++)
      story.apply({ seq, atMs: 0, ...(seq % 2 === 1 ? connected(0, seq, TX) : disconnected(0, seq, TX)) });
    expect(story.steps.length).toBeLessThanOrEqual(20);
    expect(story.steps.at(-1)).toMatchObject({ seq: 50, kind: 'reversed' });
    const copy = story.clone();
    story.apply({ seq: 51, atMs: 0, ...added(0) });
    expect([story.at(0).state, copy.at(0).state]).toEqual(['unconfirmed', 'reversed']);
    copy.apply({ seq: 51, atMs: 0, type: 'revert', name: 'x' });
    copy.apply({ seq: 52, atMs: 0, ...added(0) });
    expect(copy.steps.at(-1)?.kind).toBe('seen');
  });

  it('is nowhere after a revert, until nodes have it again', () => {
    const story = storyOf(added(0), { type: 'revert', name: 'x' });
    expect(story.at(0).state).toBe('unknown');
    expect(kinds(story)).toEqual(['0 seen']);
  });
});

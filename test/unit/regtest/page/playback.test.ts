import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LabEvent } from '../../../../regtest/events/lab-event.js';
import { Playback, type PlaybackListener } from '../../../../regtest/page/state/playback.js';
import { ModelLab } from '../../../browser/support/model-lab.js';

const NOBODY: PlaybackListener = { played: () => {}, ended: () => {} };

describe('a recording that is played back', () => {
  it('shows the same state at a place, however it was gone to', () => {
    const lab = new ModelLab({ nodes: 3, blocks: 2 });
    const start = lab.view();
    for (let round = 0; round < 600; round++) {
      lab.pay();
      if (round % 3 === 0) lab.mine(round % 3);
    }
    const events = lab.since(0);
    const playback = new Playback({ name: 'test', events, start }, NOBODY);
    const at = (position: number) => {
      playback.seek(position);
      return playback.state.nodes.map(node => [node.tip, playback.state.mempoolSize(node)]);
    };
    const places = [0, 1, 999, 1000, 1001, 2500, events.length];
    const onTheWay = places.map(at);
    expect([...places].reverse().map(at).reverse()).toEqual(onTheWay);
    expect(at(events.length)).toEqual(
      lab.everyone().map(node => [lab.tip(node).hash, lab.pools[node]?.size]),
    );
  });

  it('is opened at its end', async () => {
    const lab = new ModelLab({ nodes: 2 });
    const start = lab.view();
    for (let round = 0; round < 1_000; round++) lab.pay();
    const playback = await Playback.atEnd({ name: 'test', events: lab.since(0), start }, NOBODY);
    expect([playback.position, playback.current?.seq]).toEqual([2_000, 2_000]);
    expect(playback.state.nodes.map(node => playback.state.mempoolSize(node))).toEqual([1_000, 1_000]);
  });

  describe('by the clock', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it('tells each event with what it may have changed, and begins anew after its end', () => {
      const lab = new ModelLab({ nodes: 1 });
      lab.mine(0);
      lab.pay();
      // A tenth of a second for each, at the speed that it begins with.
      const events: LabEvent[] = lab.since(0).map((event, index) => ({ ...event, atMs: 400 * index }));
      const told: unknown[] = [];
      const playback = new Playback(
        { name: 'test', events },
        {
          played: ({ type }, topics) => told.push([type, topics.includes('tree')]),
          ended: () => told.push('end'),
        },
      );
      playback.play();
      vi.advanceTimersByTime(250);
      expect(told).toEqual([
        ['blockStored', true],
        ['blockConnected', false],
        ['tip', true],
      ]);
      expect([playback.position, playback.state.nodes[0]?.height]).toEqual([3, 1]);
      playback.pause();
      vi.advanceTimersByTime(10_000);
      expect(playback.position).toBe(3);
      playback.setSpeed(1_000);
      playback.play();
      vi.advanceTimersByTime(10);
      expect(told.at(-1)).toBe('end');
      expect(playback.position).toBe(events.length);
      playback.play();
      expect([playback.position, playback.isPlaying]).toEqual([0, true]);
    });
  });
});

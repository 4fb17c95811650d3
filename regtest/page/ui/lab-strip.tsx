import type { LabState } from '../state/lab-state.js';
import { count, plural } from '../text.js';
import { ClockMenu } from './clock-menu.js';
import { useLab, usePage } from './context.js';
import { FaucetMenu } from './faucet-menu.js';
import { Gauge } from './gauge.js';
import { MiningMenu } from './mining-menu.js';
import { RecordMenu } from './record-menu.js';
import { ReorgMenu } from './reorg-menu.js';
import { SnapshotMenu } from './snapshot-menu.js';

/** The lab as a whole: readings, and the controls that change all nodes at once; none for a recording. */
export function LabStrip() {
  const { api } = usePage();
  const state = useLab('lab', 'nodes', 'mempool');
  const { status } = state;
  if (status === undefined) return <section class="strip" aria-label="Lab" aria-busy="true" />;
  return (
    <section class="strip" aria-label="Lab">
      <Readings state={state} />
      {api !== undefined && (
        <div class="menus">
          <ClockMenu clock={status.clock} />
          <MiningMenu plan={status.mining} />
          <FaucetMenu nodes={state.nodes} />
          <ReorgMenu />
          <SnapshotMenu snapshots={state.snapshots} />
          <RecordMenu recording={status.recording} />
        </div>
      )}
    </section>
  );
}

function Readings({ state }: { readonly state: LabState }) {
  const running = state.nodes.filter(node => node.running);
  const heights = running.map(node => node.height);
  const [lowest, highest] = [Math.min(...heights), Math.max(...heights)];
  const tips = new Set(running.map(node => node.tip)).size;
  const pooled = Math.max(0, ...running.map(node => state.mempoolSize(node)));
  return (
    <dl class="readings">
      <Gauge name="Lab" value={state.status?.name ?? ''} />
      <Gauge
        name="Nodes"
        value={`${running.length} of ${state.nodes.length}`}
        {...(running.length < state.nodes.length ? { tone: 'warn' } : {})}
      />
      <Gauge name="Height" value={heightText(lowest, highest)} />
      <Gauge
        name="Tips"
        value={tips === 1 ? 'all agree' : plural(tips, 'tip')}
        tone={tips === 1 ? 'good' : 'warn'}
      />
      <Gauge name="Mempool" value={count(pooled)} />
    </dl>
  );
}

function heightText(lowest: number, highest: number): string {
  if (!Number.isFinite(highest)) return '–';
  return lowest === highest ? count(highest) : `${count(lowest)}–${count(highest)}`;
}

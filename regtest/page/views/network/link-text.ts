import type { LinkStatus } from '../../../control/protocol.js';
import { isPerfect } from '../../state/lab-state.js';

/** What a link does, in as few words as fit on it. */
export function conditionsText(link: LinkStatus): string {
  const { latencyMs, jitterMs, bandwidthKbps, loss, down } = link.conditions;
  if (down) return 'cut';
  if (!link.connected) return 'cut off';
  if (isPerfect(link)) return 'perfect';
  const parts: string[] = [];
  if (latencyMs > 0 || jitterMs > 0) parts.push(`${latencyMs}${jitterMs > 0 ? `+${jitterMs}` : ''} ms`);
  if (bandwidthKbps > 0) parts.push(`${bandwidthKbps} kb/s`);
  if (loss > 0) parts.push(`${Math.round(1000 * loss) / 10} %`);
  return parts.join(' · ');
}

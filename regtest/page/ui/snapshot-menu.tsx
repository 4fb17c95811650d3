import type { SnapshotInfo } from '../../control/protocol.js';
import { bytes, timeOfDay } from '../text.js';
import { GaugeMenu } from './gauge.js';
import { OutcomeText } from './outcome-text.js';
import { useCommand } from './use-command.js';

/** States of the whole lab to return to. */
export function SnapshotMenu({ snapshots }: { readonly snapshots: readonly SnapshotInfo[] }) {
  const { outcome, isBusy, run } = useCommand();
  return (
    <GaugeMenu name="Snapshots" value={snapshots.length === 0 ? 'none' : String(snapshots.length)}>
      <form
        class="row"
        onSubmit={event => {
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get('name')).trim();
          void run('snapshot', name === '' ? {} : { name }, taken => `${taken.name} is taken.`);
        }}
      >
        <label class="grow">
          Name
          <input name="name" placeholder="chosen for you" autocomplete="off" />
        </label>
        <button type="submit" class="primary" disabled={isBusy}>
          Take
        </button>
      </form>
      {snapshots.length > 0 && (
        <ul class="list" aria-label="Snapshots">
          {snapshots.map(({ name, time, heights, bytes: size }) => (
            <li key={name}>
              <span class="grow">
                <strong>{name}</strong>
                <small>
                  {timeOfDay(time)}, height {Math.max(0, ...heights)}, {bytes(size)}
                </small>
              </span>
              <button
                type="button"
                disabled={isBusy}
                onClick={() => void run('revert', { name }, () => `Everything is as in ${name}.`)}
              >
                Revert<span class="hidden"> to {name}</span>
              </button>
              <button
                type="button"
                class="quiet"
                disabled={isBusy}
                onClick={() => void run('dropSnapshot', { name }, () => `${name} is dropped.`)}
              >
                Drop<span class="hidden"> {name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <OutcomeText outcome={outcome} />
    </GaugeMenu>
  );
}

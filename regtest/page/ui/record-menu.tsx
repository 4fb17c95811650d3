import { plural } from '../text.js';
import { GaugeMenu } from './gauge.js';
import { OutcomeText } from './outcome-text.js';
import { useCommand } from './use-command.js';

/** Events into a file, to be shown again later. */
export function RecordMenu({ recording }: { readonly recording: string | undefined }) {
  const { outcome, isBusy, run } = useCommand();
  const isOn = recording !== undefined;
  return (
    <GaugeMenu name="Record" value={isOn ? 'recording' : 'off'} {...(isOn ? { tone: 'bad' } : {})}>
      {isOn ? (
        <>
          <p>
            All that happens goes to <code>{recording}</code>.
          </p>
          <button
            type="button"
            disabled={isBusy}
            onClick={() =>
              void run('record', { stop: true }, done => `${plural(done.events, 'event')} in ${done.file}.`)
            }
          >
            Stop
          </button>
        </>
      ) : (
        <form
          class="row"
          onSubmit={event => {
            event.preventDefault();
            const file = String(new FormData(event.currentTarget).get('file')).trim();
            void run('record', { file }, done => `Recording to ${done.file}.`);
          }}
        >
          <label class="grow">
            File
            <input name="file" placeholder="/tmp/run.jsonl" autocomplete="off" spellcheck={false} required />
          </label>
          <button type="submit" class="primary" disabled={isBusy}>
            Record
          </button>
        </form>
      )}
      <OutcomeText outcome={outcome} />
    </GaugeMenu>
  );
}

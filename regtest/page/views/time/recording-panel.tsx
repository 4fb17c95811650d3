import { useState } from 'preact/hooks';
import { recordingStart } from '../../../events/recording-start.js';
import { loadAllEvents } from '../../api/event-pages.js';
import { messageOf } from '../../api/lab-api.js';
import { parseRecording } from '../../state/recording-file.js';
import { usePage } from '../../ui/context.js';
import { OutcomeText } from '../../ui/outcome-text.js';
import type { Outcome } from '../../ui/use-command.js';

/** Opens a recording: a file that is chosen or dropped, or what the lab has kept of its own past. */
export function RecordingPanel() {
  const { store, live } = usePage();
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const [isOver, setOver] = useState(false);
  const attempt = async (open: () => Promise<void>): Promise<void> => {
    setOutcome({ kind: 'busy', text: 'Reading…' });
    try {
      await open();
      setOutcome(undefined);
    } catch (thrown) {
      setOutcome({ kind: 'error', text: messageOf(thrown) });
    }
  };
  const openFile = (file: File) =>
    attempt(async () => store.open(await parseRecording(file.name, await file.text())));
  const lookBack = () =>
    attempt(async () => {
      if (live === undefined) return;
      const events = await loadAllEvents(live);
      const { status } = store.live;
      const start = status && recordingStart({ ...status, nodes: status.nodes.map(({ name }) => name) });
      await store.open({ name: 'This lab so far', events, ...(start === undefined ? {} : { start }) });
    });
  return (
    <section
      class={`panel drop ${isOver ? 'over' : ''}`}
      aria-labelledby="recording-title"
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file !== undefined) void openFile(file);
      }}
    >
      <h2 id="recording-title">Replay</h2>
      <p>
        Shows chain, network and attack as they were at any time, on every view. Drop a recording here, or
        choose one.
      </p>
      <label>
        Recording (JSONL)
        <input
          type="file"
          accept=".jsonl,.json,application/jsonl"
          onChange={event => {
            const file = event.currentTarget.files?.[0];
            if (file !== undefined) void openFile(file);
          }}
        />
      </label>
      {live !== undefined && (
        <button type="button" onClick={() => void lookBack()}>
          Look back in this lab
        </button>
      )}
      <OutcomeText outcome={outcome} />
    </section>
  );
}

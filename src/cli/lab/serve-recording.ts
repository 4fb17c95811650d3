import { ControlServer, RecordedLab } from '../../../regtest/index.js';
import { aborted, interruptible } from './interrupt.js';
import { tellingProgress } from './progress.js';
import { count, type Terminal } from './terminal.js';

/** Shows a recorded lab on the page until Ctrl-C. @throws RecordingError; LabError when the port is taken */
export async function serveRecording(
  file: string,
  port: number | undefined,
  terminal: Terminal,
): Promise<void> {
  await interruptible(async signal => {
    const startedAt = performance.now();
    const recorded = await tellingProgress(terminal, () => RecordedLab.open(file));
    await using server = await ControlServer.start(recorded, { port });
    const { header, events, warning } = recorded.recording;
    const { name, mode, nodes } = header;
    if (warning !== undefined) terminal.note(warning);
    terminal.say(
      `${recorded.name}: ${count(events.length, 'event')} of lab "${name}" with ${count(nodes.length, 'node')}.`,
    );
    terminal.say('');
    terminal.say(`Page     ${server.pageUrl}`);
    terminal.say('');
    terminal.say('Ctrl-C ends it.');
    terminal.json({
      ready: true,
      seconds: Number(((performance.now() - startedAt) / 1000).toFixed(3)),
      recording: { file, mode, nodes, events: events.length, ...(warning === undefined ? {} : { warning }) },
      lab: { name, control: server.url, token: server.token, page: server.pageUrl },
    });
    await aborted(signal);
  });
}

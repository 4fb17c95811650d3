import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ask } from '../../api/find.js';
import { messageOf } from '../../api/lab-api.js';
import { usePage } from '../../ui/context.js';
import { methodsOf, parseLine } from './command-line.js';

/** Calls that stay on the screen and in the history. */
const MAX_ENTRIES = 100;

/** Longest answer that is shown whole; a block with witnesses is longer than anyone reads. */
const MAX_ANSWER = 200_000;

interface Entry {
  readonly id: number;
  readonly line: string;
  readonly answer: string;
  readonly isError: boolean;
}

/** Any RPC call to one node. Up and down go through what was called before, tab completes a method's name. */
export function Console({ node }: { readonly node: number }) {
  const { api } = usePage();
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const methods = useMethods(node);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [entries]);
  const add = (line: string, answer: string, isError: boolean): void => {
    const cut = answer.length > MAX_ANSWER ? `${answer.slice(0, MAX_ANSWER)}\n…` : answer;
    setEntries(old => [
      ...old.slice(1 - MAX_ENTRIES),
      { id: (old.at(-1)?.id ?? 0) + 1, line, answer: cut, isError },
    ]);
  };
  const call = async (line: string): Promise<void> => {
    try {
      const parsed = parseLine(line);
      if (api === undefined || parsed === undefined) return;
      add(line, answerText(await api.call('rpc', { node, ...parsed })), false);
    } catch (thrown) {
      add(line, messageOf(thrown), true);
    }
  };
  return (
    <div class="console">
      <div class="answers" role="log" aria-label="Answers" tabIndex={0}>
        {entries.length === 0 && (
          <p class="note">
            Any call of the node, as <code>bitcoin-cli</code> has it: <code>getblockchaininfo</code>,{' '}
            <code>getblockhash 1</code>, <code>help sendtoaddress</code>.
          </p>
        )}
        {entries.map(({ id, line, answer, isError }) => (
          <div key={id} class="entry">
            <p class="line">{line}</p>
            <pre class={isError ? 'error' : ''}>{answer}</pre>
          </div>
        ))}
        <div ref={end} />
      </div>
      <Prompt methods={methods} history={entries.map(({ line }) => line)} onLine={line => void call(line)} />
    </div>
  );
}

function answerText(answer: unknown): string {
  return typeof answer === 'string' ? answer : JSON.stringify(answer, undefined, 2);
}

function useMethods(node: number): readonly string[] {
  const { api } = usePage();
  const [methods, setMethods] = useState<readonly string[]>([]);
  useEffect(() => {
    ask(api, node, 'help', []).then(
      help => setMethods(typeof help === 'string' ? methodsOf(help) : []),
      () => setMethods([]),
    );
  }, [api, node]);
  return methods;
}

function Prompt({
  methods,
  history,
  onLine,
}: {
  readonly methods: readonly string[];
  readonly history: readonly string[];
  readonly onLine: (line: string) => void;
}) {
  const [line, setLine] = useState('');
  /** Steps back from the newest; 0 is the line that is being written. */
  const [back, setBack] = useState(0);
  const id = useId();
  const matches = line === '' || line.includes(' ') ? [] : methods.filter(name => name.startsWith(line));
  const recall = (steps: number): void => {
    const next = Math.max(0, Math.min(steps, history.length));
    setBack(next);
    setLine(next === 0 ? '' : (history[history.length - next] ?? ''));
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowUp') recall(back + 1);
    else if (event.key === 'ArrowDown') recall(back - 1);
    else if (event.key === 'Tab' && !event.shiftKey && matches.length > 0 && matches[0] !== line) {
      setLine(matches.length === 1 ? `${matches[0]} ` : commonStart(matches));
    } else return;
    event.preventDefault();
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (line.trim() === '') return;
        onLine(line.trim());
        setLine('');
        setBack(0);
      }}
    >
      <p class="matches" id={id} aria-live="polite">
        {matches.length > 0 && matches[0] !== line ? matches.slice(0, 8).join('  ') : ''}
      </p>
      <label class="prompt">
        <span aria-hidden="true">›</span>
        <input
          aria-label="Call"
          aria-describedby={id}
          value={line}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          onInput={event => setLine(event.currentTarget.value)}
          onKeyDown={key}
        />
      </label>
    </form>
  );
}

function commonStart(names: readonly string[]): string {
  let [start = ''] = names;
  while (!names.every(name => name.startsWith(start))) start = start.slice(0, -1);
  return start;
}

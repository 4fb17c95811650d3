import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../../api/lab-api.js';
import { usePage } from '../../ui/context.js';

const LINES = 200;

const EVERY_MS = 1500;

/** The last lines that a node has logged, while they are looked at. */
export function LogTail({ node }: { readonly node: number }) {
  const { api } = usePage();
  const [text, setText] = useState('');
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (api === undefined) return undefined;
    let isGone = false;
    const look = async (): Promise<void> => {
      try {
        const { lines } = await api.call('log', { node, lines: LINES });
        if (!isGone) setText(lines.join('\n'));
      } catch (thrown) {
        if (!isGone) setText(messageOf(thrown));
      }
    };
    void look();
    const timer = globalThis.setInterval(() => void look(), EVERY_MS);
    return () => {
      isGone = true;
      globalThis.clearInterval(timer);
    };
  }, [api, node]);
  useEffect(() => {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  return (
    <pre class="log" ref={box} role="log" tabIndex={0} aria-label="Log">
      {text === '' ? 'Nothing is logged.' : text}
    </pre>
  );
}

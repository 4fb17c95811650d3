import { useState } from 'preact/hooks';
import type { NodeState } from '../../state/lab-state.js';
import { hueStyle } from '../../ui/colours.js';
import { useLab, usePage } from '../../ui/context.js';
import { Heading } from '../../ui/heading.js';
import { NodeName } from '../../ui/node-name.js';
import { hrefOf } from '../../ui/router.js';
import { Console } from './console.js';
import { LogTail } from './log-tail.js';
import { NodeActions } from './node-actions.js';
import { NodeFacts } from './node-facts.js';

/** One node: what it is, what it can be told, and what it says. */
export function NodeView({ index }: { readonly index: number }) {
  const { api } = usePage();
  const state = useLab('nodes', 'mempool');
  const node = state.nodes[index];
  if (node === undefined) {
    return (
      <Heading title="Nodes">
        <p>{state.status === undefined ? 'Waiting for the lab…' : `There is no node ${index}.`}</p>
      </Heading>
    );
  }
  return (
    <>
      <Heading title={node.name}>
        <span class={`tag ${node.running ? 'good' : 'bad'}`}>{node.running ? 'running' : 'stopped'}</span>
      </Heading>
      <div class="node-page">
        <NodeList nodes={state.nodes} current={index} />
        <div class="node-left">
          <NodeFacts node={node} mempool={state.mempoolSize(node)} state={state} />
          {api !== undefined && <NodeActions node={node} nodes={state.nodes} />}
        </div>
        {api === undefined ? <Silence /> : <Talk node={node} />}
      </div>
    </>
  );
}

function NodeList({ nodes, current }: { readonly nodes: readonly NodeState[]; readonly current: number }) {
  return (
    <nav class="panel node-list" aria-label="Nodes">
      {nodes.map(({ index, name, running, height }) => (
        <a
          key={index}
          href={hrefOf({ view: 'node', node: index })}
          aria-current={index === current ? 'page' : undefined}
          style={hueStyle(index)}
          class={running ? '' : 'stopped'}
        >
          <span class="grow">{name}</span>
          <small>{running ? height : 'off'}</small>
        </a>
      ))}
    </nav>
  );
}

/** In place of what a node says, when there is none. */
function Silence() {
  return (
    <section class="panel talk" aria-label="Console and log">
      <p class="note">A recording holds no node to ask, nor its log, wallet and addresses.</p>
    </section>
  );
}

function Talk({ node }: { readonly node: NodeState }) {
  const [shown, setShown] = useState<'console' | 'log'>('console');
  return (
    <section class="panel talk" aria-label="Console and log">
      <div class="tabs" role="group" aria-label="What is shown">
        {(['console', 'log'] as const).map(name => (
          <button key={name} type="button" aria-pressed={shown === name} onClick={() => setShown(name)}>
            {name === 'console' ? 'Console' : 'Log'}
          </button>
        ))}
        <NodeName index={node.index} name={node.name} />
      </div>
      {shown === 'console' ? <Console node={node.index} /> : <LogTail node={node.index} />}
    </section>
  );
}

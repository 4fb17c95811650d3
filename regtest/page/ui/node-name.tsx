import { hueStyle } from './colours.js';
import { hrefOf } from './router.js';

/** A node's name with its colour; leads to the node. */
export function NodeName({ index, name }: { readonly index: number; readonly name: string }) {
  return (
    <a class="node-name" style={hueStyle(index)} href={hrefOf({ view: 'node', node: index })}>
      {name}
    </a>
  );
}

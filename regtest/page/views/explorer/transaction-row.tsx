import type { Transaction, TxInput, TxOutput } from '../../api/explorer.js';
import { bitcoins, feeRate, shortHash } from '../../text.js';
import { hrefOf } from '../../ui/router.js';

/** Inputs or outputs of one transaction that are listed. */
const MAX_LISTED = 12;

/** A transaction with where its money comes from and goes to. */
export function TransactionRow({ transaction }: { readonly transaction: Transaction }) {
  const { txid, fee, vsize } = transaction;
  return (
    <article class="tx">
      <header>
        <a class="hash" href={hrefOf({ view: 'tx', id: txid })}>
          {shortHash(txid, 20, 12)}
        </a>
        <small>{fee === undefined ? `${vsize} vB` : `${vsize} vB, ${feeRate((fee * 1e8) / vsize)}`}</small>
      </header>
      <Flow transaction={transaction} />
    </article>
  );
}

/** Inputs on the left, outputs on the right. */
export function Flow({ transaction: { inputs, outputs } }: { readonly transaction: Transaction }) {
  return (
    <div class="flow">
      <ul aria-label="Inputs">
        {inputs.slice(0, MAX_LISTED).map((input, index) => (
          <li key={`${input.txid}:${input.vout ?? index}`}>
            <InputText input={input} />
          </li>
        ))}
        <More count={inputs.length - MAX_LISTED} />
      </ul>
      <span class="arrow" aria-hidden="true">
        →
      </span>
      <ul aria-label="Outputs">
        {outputs.slice(0, MAX_LISTED).map(output => (
          <li key={output.n}>
            <OutputText output={output} />
          </li>
        ))}
        <More count={outputs.length - MAX_LISTED} />
      </ul>
    </div>
  );
}

function More({ count }: { readonly count: number }) {
  return count > 0 ? <li class="note">and {count} more</li> : null;
}

function InputText({ input }: { readonly input: TxInput }) {
  if (input.txid === undefined) return <span class="grow">new coins</span>;
  return (
    <>
      <span class="grow">
        {input.address === undefined ? (
          <a class="hash" href={hrefOf({ view: 'tx', id: input.txid })}>
            {shortHash(input.txid, 8, 4)}:{input.vout}
          </a>
        ) : (
          <Address address={input.address} />
        )}
      </span>
      {input.value !== undefined && <span class="value">{bitcoins(input.value)}</span>}
    </>
  );
}

function OutputText({ output }: { readonly output: TxOutput }) {
  return (
    <>
      <span class="grow">
        {output.address === undefined ? <small>{output.type}</small> : <Address address={output.address} />}
      </span>
      <span class="value">{bitcoins(output.value)}</span>
    </>
  );
}

function Address({ address }: { readonly address: string }) {
  return (
    <a class="hash" href={hrefOf({ view: 'address', id: address })}>
      {shortHash(address, 8, 6)}
    </a>
  );
}

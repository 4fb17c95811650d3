/** What is shown without a token that the lab knows. */
export function TokenPage({
  wasRefused,
  onToken,
}: {
  readonly wasRefused: boolean;
  readonly onToken: (token: string) => void;
}) {
  return (
    <main class="token-page">
      <h1>{wasRefused ? 'The lab does not know this token' : 'The lab asks for its token'}</h1>
      <p>
        Only who started the lab may see and change it. Open the address that <code>blocksmith up</code>{' '}
        printed; it ends with <code>#token=…</code>. The page keeps the token in memory, so it is asked for
        again after a reload.
      </p>
      <form
        class="row"
        onSubmit={event => {
          event.preventDefault();
          const token = String(new FormData(event.currentTarget).get('token')).trim();
          if (token !== '') onToken(token.replace(/^.*#token=/, ''));
        }}
      >
        <label class="grow">
          Token, or the whole address
          <input name="token" type="password" autocomplete="off" spellcheck={false} />
        </label>
        <button type="submit" class="primary">
          Open the lab
        </button>
      </form>
    </main>
  );
}

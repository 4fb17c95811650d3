export function AttackView() {
  return <h1>Attack</h1>;
}

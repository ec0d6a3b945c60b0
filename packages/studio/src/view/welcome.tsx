import { history, reading, tick } from './state.js'

/** Explains why there is nothing to show yet, or no longer. */
export function Welcome() {
  const state = reading.value
  if (state.kind === 'refused') {
    return (
      <Note title="The server requires a token">
        Reload this page: the browser asks for a password, which is the token. The user name can be anything.
      </Note>
    )
  }
  if (state.kind === 'down' && history.families.size === 0) {
    return <Note title="No answer yet">{`${state.reason}. Trying again every two seconds.`}</Note>
  }
  if (tick.value > 0 && history.families.size === 0) {
    return (
      <Note title="Nothing was recorded yet">
        The page has no metrics yet. They appear here when the first one is recorded.
      </Note>
    )
  }
  return null
}

function Note({ title, children }: { readonly title: string; readonly children: string }) {
  return (
    <section class="welcome" aria-live="polite">
      <h2>{title}</h2>
      <p>{children}</p>
    </section>
  )
}

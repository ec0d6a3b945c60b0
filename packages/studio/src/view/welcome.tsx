import { history, reading, tick } from './state.js'

/** What to do when there is nothing to see yet, or no longer. */
export function Welcome() {
  const state = reading.value
  if (state.kind === 'refused') {
    return (
      <Note title="The server wants a token">
        Reload this page: the browser asks for a password, which is the token. The user name can be anything.
      </Note>
    )
  }
  if (state.kind === 'down' && history.families.size === 0) {
    return <Note title="No answer yet">{`${state.reason}. It is asked again every two seconds.`}</Note>
  }
  if (tick.value > 0 && history.families.size === 0) {
    return (
      <Note title="Nothing was recorded yet">The page has no metrics. They appear here with the first of them.</Note>
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

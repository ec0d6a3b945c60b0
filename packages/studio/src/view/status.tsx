import { isPaused, moment, reading } from './state.js'

/** Shows whether the figures are current. */
export function Status() {
  const { kind, text } = statusOf()
  return (
    <span class={`status ${kind}`} role="status" title={text}>
      <i aria-hidden="true" />
      <span>{text}</span>
    </span>
  )
}

function statusOf(): { readonly kind: string; readonly text: string } {
  if (isPaused.value) return { kind: 'paused', text: `Paused at ${timeOf(moment.value.now)}` }
  const state = reading.value
  if (state.kind === 'live') return { kind: 'live', text: 'Live' }
  if (state.kind === 'refused') return { kind: 'down', text: 'Not allowed' }
  if (state.kind === 'down') return { kind: 'down', text: `Reconnecting since ${timeOf(state.since / 1000)}` }
  return { kind: 'paused', text: 'Reading' }
}

/** `14:03:07`, in the reader's own time. */
export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB')
}

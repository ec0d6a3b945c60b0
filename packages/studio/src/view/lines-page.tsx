import { useState } from 'preact/hooks'
import { plainText } from '../figures/plain-text.js'
import { parseLine } from '../page-text/parse-line.js'
import type { Line } from '../reading/line-reader.js'
import { MetricLineText } from './metric-line.js'
import { lines } from './state.js'

const SHOWN = 300

/** All stored [METRIC] lines, newest first, with a filter. */
export function LinesPage() {
  const [text, setText] = useState('')
  const [event, setEvent] = useState<string>()
  const state = lines.value
  if (state.kind === 'absent' && state.lines.length === 0) return <NoLines />
  const events = countEvents(state.lines)
  const wanted = text.trim().toLowerCase()
  const found = state.lines.filter(
    (line) =>
      (wanted === '' || line.text.toLowerCase().includes(wanted)) &&
      (event === undefined || parseLine(line.text)?.event === event),
  )
  return (
    <section class="panel alone" aria-labelledby="lines-title">
      <header>
        <h1 id="lines-title">[METRIC] lines</h1>
        <span class="note" role="status">
          {found.length} of {state.lines.length} kept
        </span>
      </header>
      <div class="filters">
        <input
          type="search"
          placeholder="user, event, key=value"
          aria-label="Filter lines"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <div class="chips">
          {[...events].map(([name, count]) => (
            <button
              key={name}
              type="button"
              aria-pressed={event === name}
              onClick={() => setEvent(event === name ? undefined : name)}
            >
              {plainText(name)} <small>{count}</small>
            </button>
          ))}
        </div>
      </div>
      <ol class="lines whole">
        {found
          .slice(-SHOWN)
          .reverse()
          .map((line) => (
            <MetricLineText key={line.id} text={line.text} />
          ))}
      </ol>
    </section>
  )
}

function countEvents(all: readonly Line[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { text } of all) {
    const event = parseLine(text)?.event
    if (event !== undefined) counts.set(event, (counts.get(event) ?? 0) + 1)
  }
  return new Map([...counts].sort((a, b) => b[1] - a[1]).slice(0, 12))
}

function NoLines() {
  return (
    <section class="welcome">
      <h1>No [METRIC] lines here</h1>
      <p>
        The activity log is off. <code>FEATURE_METRICS_LOGGING_ENABLED=true</code> turns it on; the lines of a file are
        shown by <code>quipu studio activity.log</code>.
      </p>
    </section>
  )
}

import { plainText } from '../figures/plain-text.js'
import { parseLine } from '../page-text/parse-line.js'

/** A [METRIC] line with its parts marked; any other line unchanged. */
export function MetricLineText({ text }: { readonly text: string }) {
  const line = parseLine(text)
  if (line === null) return <li class="other">{plainText(text)}</li>
  return (
    <li>
      <b class={line.event.includes('error') ? 'event bad' : 'event'}>{line.event}</b>{' '}
      <bdi class="user">{plainText(line.user)}</bdi>
      {line.fields.map(([key, value]) => (
        <span key={key} class="field">
          {' '}
          {key}=<bdi>{plainText(value)}</bdi>
        </span>
      ))}
    </li>
  )
}

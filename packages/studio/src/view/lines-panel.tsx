import { MetricLineText } from './metric-line.js'
import { Panel } from './panel.js'
import { lines, linkTo } from './state.js'

const SHOWN = 10

/** The last [METRIC] lines. */
export function LinesPanel() {
  const state = lines.value
  if (state.lines.length === 0) return null
  return (
    <Panel title="[METRIC] lines" note="the last ones" link={{ href: linkTo('lines'), text: 'Filter lines' }}>
      <ol class="lines">
        {state.lines
          .slice(-SHOWN)
          .reverse()
          .map(({ id, text }) => (
            <MetricLineText key={id} text={text} />
          ))}
      </ol>
    </Panel>
  )
}

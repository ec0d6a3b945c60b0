import { Sparkline } from '../charts/sparkline.js'
import { formatFigure } from '../figures/format-figure.js'
import type { Headline } from '../figures/headline.js'
import { linkTo } from './state.js'

/** One figure, with a chart of its last minutes below. */
export function Tile({ question, value, unit, detail, spark, isBad, family }: Headline) {
  const title = family === undefined ? question : <a href={linkTo('metrics', family)}>{question}</a>
  const [, number, suffix = ''] = /^(\S*?)((?: |\/).*)?$/.exec(formatFigure(value, unit)) ?? []
  return (
    <li class={isBad ? 'tile bad' : 'tile'}>
      <h2>{title}</h2>
      <p class="answer">
        {number}
        <small>{suffix}</small>
      </p>
      <p class="detail">
        {detail.map((each) => (
          <span key={each.text}>
            <b>{formatFigure(each.value, each.unit)}</b> {each.text}
          </span>
        ))}
      </p>
      {spark === undefined ? <span class="spark" /> : <Sparkline values={spark} isBad={isBad} />}
    </li>
  )
}

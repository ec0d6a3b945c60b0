import { baseName, type Family, type Point } from './family.js'
import { escapeHelp } from './label-text.js'
import type { Pace } from './pace.js'
import { type FamilyStyle, familyStyle, type TextOptions } from './text-style.js'
import { writePoint } from './write-point.js'

/** Series between two looks at the clock, which cost some 40 ns each. */
const SERIES_PER_LOOK = 8
/** Characters that become one piece: encoded at once they are fastest, and a piece is what a socket takes at once. */
const PIECE_CHARACTERS = 1 << 16

const encoder = new TextEncoder()

/**
 * A family's part of a text page as pieces of UTF-8, empty when it has no series. Long families are written in slices.
 *
 * Strings and not bytes are put together: V8 joins and encodes them at some 1.5 GB/s, which bytes written one by one
 * from JavaScript do not reach.
 */
export async function writeFamily(family: Family, options: TextOptions, pace: Pace): Promise<readonly Uint8Array[]> {
  const points = family.points()
  if (points.length === 0) return []
  const style = familyStyle(family, options)
  const pieces: Uint8Array[] = []
  let text = familyHead(family, options)
  let next = 0
  while (next < points.length) {
    const end = Math.min(points.length, next + SERIES_PER_LOOK)
    text += writePoints(family, style, options, points, next, end)
    next = end
    if (text.length >= PIECE_CHARACTERS) {
      pieces.push(encoder.encode(text))
      text = ''
    }
    if (pace.due() && next < points.length) await pace.pause()
  }
  if (text !== '') pieces.push(encoder.encode(text))
  return pieces
}

function writePoints(
  family: Family,
  style: FamilyStyle,
  options: TextOptions,
  points: readonly Point[],
  from: number,
  to: number,
): string {
  let text = ''
  for (let i = from; i < to; i++) {
    const point = points[i]
    if (point !== undefined && point.removed !== true) text += writePoint(family, style, options, point)
  }
  return text
}

/** The HELP, TYPE and UNIT lines. UNIT is OpenMetrics only, and only for a name that ends in the unit, as it demands. */
function familyHead(family: Family, options: TextOptions): string {
  const openMetrics = options.dialect === 'openmetrics'
  const name = openMetrics ? baseName(family) : family.name
  const type = family.type === 'info' && !openMetrics ? 'gauge' : family.type
  const help = escapeHelp(family.help, openMetrics)
  return [
    help === '' ? '' : `# HELP ${name} ${help}\n`,
    `# TYPE ${name} ${type}\n`,
    openMetrics && family.unit !== '' && name.endsWith(`_${family.unit}`) ? `# UNIT ${name} ${family.unit}\n` : '',
  ].join('')
}

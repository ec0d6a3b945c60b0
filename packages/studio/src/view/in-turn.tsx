import { useSignalEffect } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'
import type { Moment } from '../figures/moment.js'
import { moment } from './state.js'

/** A part of a view that shows one moment. */
export type Part = ComponentType<{ readonly moment: Moment }>

/** Draws a part after each poll in a turn of its own, so that no frame waits for all parts of a view. */
export function InTurn({ part: Drawn }: { readonly part: Part }) {
  const [shown, setShown] = useState<Moment>()
  useSignalEffect(() => {
    const next = moment.value
    return inTurn(() => setShown(next))
  })
  return shown === undefined ? null : <Drawn moment={shown} />
}

const waiting = new Set<() => void>()
let isDrawing = false

/** Calls each function in a later turn of the page's thread, in order. Returns a function that cancels the call. */
function inTurn(draw: () => void): () => void {
  waiting.add(draw)
  if (!isDrawing) void drawAll()
  return () => void waiting.delete(draw)
}

async function drawAll(): Promise<void> {
  isDrawing = true
  for (const draw of waiting) {
    await new Promise((resolve) => setTimeout(resolve))
    // It may have been cancelled meanwhile.
    if (waiting.delete(draw)) draw()
  }
  isDrawing = false
}

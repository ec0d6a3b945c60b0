import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface PanelProps {
  readonly title: string
  /** Short description of the content. */
  readonly note?: string
  readonly link?: { readonly href: string; readonly text: string }
  readonly isWide?: boolean
  readonly children: ComponentChildren
}

/** A part of the document with a heading. */
export function Panel({ title, note, link, isWide, children }: PanelProps) {
  const id = useId()
  return (
    <section class={isWide ? 'panel wide' : 'panel'} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <span class="note">{note}</span>}
        {link === undefined ? null : (
          <a class="open" href={link.href}>
            {link.text}
          </a>
        )}
      </header>
      {children}
    </section>
  )
}

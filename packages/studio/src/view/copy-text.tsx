import { useState } from 'preact/hooks'

/** A text with a button that copies it. */
export function CopyText({ title, text }: { readonly title: string; readonly text: string }) {
  const [copied, setCopied] = useState('')
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(text)
    } catch {
      // The clipboard needs a secure context; otherwise the text can be selected.
      setCopied('')
    }
  }
  return (
    <div class="copy">
      <span class="note">{title}</span>
      <code>{text}</code>
      <button type="button" class="tool" onClick={copy}>
        {copied === text ? 'Copied' : 'Copy'}
      </button>
    </div>
  )
}

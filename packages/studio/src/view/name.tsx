import { plainText } from '../figures/plain-text.js'

/** A value from the application: one line, truncated at its end, complete in its title. */
export function Name({ text, empty = '(none)' }: { readonly text: string; readonly empty?: string }) {
  const plain = plainText(text)
  return (
    <bdi class="name" title={plain.length > 24 ? plain : undefined}>
      {plain === '' ? <i>{empty}</i> : plain}
    </bdi>
  )
}
